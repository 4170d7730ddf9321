// What the load generators share.
#ifndef CATCHMENT_LOAD_H
#define CATCHMENT_LOAD_H

#include <stdint.h>
#include <time.h>

static uint64_t state = 88172645463325252ull;
static inline uint32_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static inline double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#endif
