#include "shims.h"

#include <nmmintrin.h>
#include <pthread.h>
#include <string.h>

static uint32_t table[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int has_sse42;

static void prepare_blocks(void);

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0x82f63b78u : 0);
        table[i] = value;
    }
    has_sse42 = __builtin_cpu_supports("sse4.2");
    if (has_sse42) prepare_blocks();
}

static uint32_t by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count--) crc = crc >> 8 ^ table[(crc ^ *bytes++) & 0xff];
    return crc;
}

/* Three blocks are checksummed side by side, because the instruction takes three cycles and one can
   begin in every cycle. Putting the blocks' checksums together needs the checksum of the first
   continued over as many zero bytes as the others have: a linear map, kept as four tables. */
enum { block_length = 1024 };
static uint32_t over_block[4][256];

static void prepare_blocks(void) {
    for (int byte = 0; byte < 4; byte++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t crc = i << (8 * byte);
            for (int n = 0; n < block_length; n++) crc = crc >> 8 ^ table[crc & 0xff];
            over_block[byte][i] = crc;
        }
}

static uint32_t skip_block(uint32_t crc) {
    return over_block[0][crc & 0xff] ^ over_block[1][crc >> 8 & 0xff]
        ^ over_block[2][crc >> 16 & 0xff] ^ over_block[3][crc >> 24];
}

static uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

__attribute__((target("sse4.2")))
static uint32_t by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 3 * block_length) {
        uint64_t second = 0, third = 0;
        for (const uint8_t *end = bytes + block_length; bytes < end; bytes += 8) {
            wide = _mm_crc32_u64(wide, word_at(bytes));
            second = _mm_crc32_u64(second, word_at(bytes + block_length));
            third = _mm_crc32_u64(third, word_at(bytes + 2 * block_length));
        }
        wide = skip_block(skip_block((uint32_t)wide) ^ (uint32_t)second) ^ third;
        bytes += 2 * block_length;
        count -= 3 * block_length;
    }
    while (count >= 8) {
        wide = _mm_crc32_u64(wide, word_at(bytes));
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
