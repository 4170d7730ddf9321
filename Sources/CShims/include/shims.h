// What Swift cannot call itself: macros, variadic functions, and a few vector instructions.
#ifndef CATCHMENT_SHIMS_H
#define CATCHMENT_SHIMS_H

#include "byte_sets.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/socket.h>

// Copies 16 bytes and tells which of them JSON must escape: bit i is set when byte i is a quote,
// a backslash, a control character or not ASCII. Both sides need 16 readable or writable bytes.
static inline uint32_t catchment_copy16_mask(void *out, const void *in) {
    __m128i block = _mm_loadu_si128((const __m128i *)in);
    _mm_storeu_si128((__m128i *)out, block);
    __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    // As signed bytes, controls are 0...31 and everything not ASCII is negative.
    __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low));
}

// The same for 32 bytes.
static inline uint32_t catchment_copy32_mask(void *out, const void *in) {
    uint32_t low = catchment_copy16_mask(out, in);
    return low | catchment_copy16_mask((char *)out + 16, (const char *)in + 16) << 16;
}

// Whether all bytes are ASCII.
static inline bool catchment_is_ascii(const void *bytes, size_t count) {
    const uint8_t *at = (const uint8_t *)bytes;
    if (count < 16) {
        uint8_t all = 0;
        for (size_t index = 0; index < count; index++) all |= at[index];
        return all < 0x80;
    }
    __m128i all = _mm_loadu_si128((const __m128i *)(at + count - 16));
    for (size_t index = 0; index + 16 < count; index += 16) {
        all = _mm_or_si128(all, _mm_loadu_si128((const __m128i *)(at + index)));
    }
    return _mm_movemask_epi8(all) == 0;
}

// CRC32C (Castagnoli) of `count` bytes, continuing from `crc`; 0 begins. Uses SSE4.2 when the
// processor has it.
uint32_t catchment_crc32c(uint32_t crc, const void *bytes, size_t count);

// A datagram to receive: the layout of `struct mmsghdr`, which hides behind _GNU_SOURCE.
struct catchment_message {
    struct msghdr header;
    unsigned int length;
};

// recvmmsg(2) without a time limit.
int catchment_recvmmsg(
    int socket, struct catchment_message *messages, unsigned int count, int flags);

// accept4(2) without the address: a non-blocking descriptor that no child inherits, or -1.
int catchment_accept(int socket);

// Lets the kernel choose among `sockets` sockets of one SO_REUSEPORT group by the sender's address
// alone, whatever its port. Returns 0, or -1 with errno.
int catchment_share_by_sender(int socket, unsigned int sockets);

// eventfd(2) at 0: a non-blocking descriptor that no child inherits, or -1.
int catchment_eventfd(void);

// epoll_create1(2): a descriptor that no child inherits, or -1.
int catchment_epoll_create(void);

// Watches a descriptor for input, level-triggered; 0 or -1. Closing it ends the watch.
int catchment_epoll_add(int epoll, int descriptor);

// Watches a watched descriptor for room for output, too, or no longer; 0 or -1.
int catchment_epoll_modify(int epoll, int descriptor, int wants_output);

// Stops watching a descriptor; 0 or -1.
int catchment_epoll_remove(int epoll, int descriptor);

// Waits for input and fills `ready` with up to `count` descriptors, at most 64; -1 on failure.
int catchment_epoll_wait(int epoll, int *ready, int count, int milliseconds);

// Names the calling thread; the system keeps the first 15 bytes.
void catchment_name_thread(const char *name);

// signalfd(2) for `count` signals, which it blocks in the calling thread: a non-blocking
// descriptor that no child inherits, or -1.
int catchment_signalfd(const int *signals, size_t count);

// Reserves blocks for bytes of a file without changing its length (fallocate(2)); 0 or -1.
int catchment_reserve(int descriptor, int64_t offset, int64_t count);

// The number of the next signal that waits at the descriptor, or 0.
int catchment_read_signal(int descriptor);

#endif
