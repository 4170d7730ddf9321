#include "CIsal.h"

#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// The functions that are used; their types come from the header.
static struct {
    __typeof__(&isal_deflate_init) init;
    __typeof__(&isal_deflate_reset) reset;
    __typeof__(&isal_deflate) deflate;
} isal;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];

static void load(void) {
    void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define FIND(member, name)                                                                         \
    if (!(*(void **)&isal.member = dlsym(library, name))) {                                        \
        snprintf(failure, sizeof failure, "libisal.so.2 has no %s", name);                         \
        return;                                                                                    \
    }
    FIND(init, "isal_deflate_init")
    FIND(reset, "isal_deflate_reset")
    FIND(deflate, "isal_deflate")
#undef FIND
}

const char *catchment_isal_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

struct catchment_isal {
    struct isal_zstream stream;
    uint8_t *level_buffer;
};

catchment_isal *catchment_isal_make(int level) {
    static const uint32_t sizes[] = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT,
                                     ISAL_DEF_LVL3_DEFAULT};
    catchment_isal *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->level_buffer = malloc(sizes[level]);
    if (!made->level_buffer) {
        free(made);
        return NULL;
    }
    isal.init(&made->stream);
    made->stream.level = (uint32_t)level;
    made->stream.level_buf = made->level_buffer;
    made->stream.level_buf_size = sizes[level];
    made->stream.gzip_flag = IGZIP_GZIP;
    return made;
}

void catchment_isal_free(catchment_isal *stream) {
    if (!stream) return;
    free(stream->level_buffer);
    free(stream);
}

void catchment_isal_give(
    catchment_isal *stream, const uint8_t *input, uint32_t count, catchment_isal_end end) {
    // ISA-L never writes through it.
    stream->stream.next_in = (uint8_t *)input;
    stream->stream.avail_in = count;
    stream->stream.flush = end == CATCHMENT_ISAL_FLUSH ? SYNC_FLUSH : NO_FLUSH;
    stream->stream.end_of_stream = end == CATCHMENT_ISAL_FINISH;
}

int catchment_isal_run(
    catchment_isal *stream, uint8_t *output, uint32_t room, uint32_t *written, bool *is_done) {
    stream->stream.next_out = output;
    stream->stream.avail_out = room;
    int status = isal.deflate(&stream->stream);
    *written = room - stream->stream.avail_out;
    bool ends = stream->stream.end_of_stream;
    *is_done = ends ? stream->stream.internal_state.state == ZSTATE_END
                    : stream->stream.avail_in == 0 && stream->stream.avail_out > 0;
    if (ends && *is_done) {
        isal.reset(&stream->stream);
        // Once the header is written ISA-L changes this to "no header".
        stream->stream.gzip_flag = IGZIP_GZIP;
    }
    return status;
}
