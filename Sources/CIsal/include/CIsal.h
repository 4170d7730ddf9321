// ISA-L's deflate, loaded when it is first needed: zlib does the same without it, only slower.
#ifndef CATCHMENT_ISAL_H
#define CATCHMENT_ISAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Loads the library once. Returns NULL, or why that is not possible.
const char *catchment_isal_load(void);

// The highest level there is; 1 is the lowest that is used.
#define CATCHMENT_ISAL_MAX_LEVEL 3

// Compresses into gzip members (RFC 1952), one after the other.
typedef struct catchment_isal catchment_isal;

// NULL when there is no memory; the library is loaded.
catchment_isal *catchment_isal_make(int level);
void catchment_isal_free(catchment_isal *stream);

typedef enum {
    CATCHMENT_ISAL_MORE,
    // Puts out everything so that a reader sees it.
    CATCHMENT_ISAL_FLUSH,
    // Ends the member; the next input begins another.
    CATCHMENT_ISAL_FINISH,
} catchment_isal_end;

// Gives input, which stays the caller's until run has said that it is done.
void catchment_isal_give(
    catchment_isal *stream, const uint8_t *input, uint32_t count, catchment_isal_end end);
// Writes at most `room` bytes. Returns ISA-L's status, 0 when good.
int catchment_isal_run(
    catchment_isal *stream, uint8_t *output, uint32_t room, uint32_t *written, bool *is_done);

#endif
