#define _GNU_SOURCE
#include "shims.h"

#include <fcntl.h>

int catchment_reserve(int descriptor, int64_t offset, int64_t count) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count);
}
