#include "shims.h"

#include <nmmintrin.h>
#include <pthread.h>
#include <string.h>

static uint32_t table[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_sse42;

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0);
        table[i] = value;
    }
    has_sse42 = __builtin_cpu_supports("sse4.2");
}

static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count--) crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
    return crc;
}

__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
        bytes += 8;
        count -= 8;
    }
    crc = (uint32_t)wide;
    while (count--) crc = _mm_crc32_u8(crc, *bytes++);
    return crc;
}

uint32_t catchment_crc32c(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    crc = ~crc;
    return ~(has_sse42 ? by_instruction(crc, bytes, count) : by_table(crc, bytes, count));
}
