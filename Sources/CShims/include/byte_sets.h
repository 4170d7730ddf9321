// Sets of bytes that texts are cut at, as one table with a bit for each set: to look a byte up takes
// one load, to compare it takes several branches.
#ifndef CATCHMENT_BYTE_SETS_H
#define CATCHMENT_BYTE_SETS_H

#include <stdint.h>

enum {
    // What hostnames are made of in RFC 3164 headers.
    catchment_set_hostname = 1,
    // What ends an RFC 3164 tag.
    catchment_set_tag_end = 2,
    // What ends an SD-NAME (RFC 5424, section 6).
    catchment_set_sd_name_end = 4,
    // What lists of RouterOS topics are made of.
    catchment_set_topics = 8,
    // What keys of pairs are made of.
    catchment_set_key = 16,
};

#define SMALL(b) ((b) >= 'a' && (b) <= 'z')
#define DIGIT(b) ((b) >= '0' && (b) <= '9')
#define WORD(b) (SMALL(b) || DIGIT(b) || ((b) >= 'A' && (b) <= 'Z') || (b) == '-' || (b) == '_' || (b) == '.')
#define BLANK(b) ((b) <= ' ' || (b) == 0x7f)
#define SETS(b) \
    ((WORD(b) || (b) == '/' || (b) == '@' || (b) >= 0x80 ? catchment_set_hostname : 0) \
     | (BLANK(b) || (b) == '"' || (b) == '\'' || (b) == '(' || (b) == ':' || (b) == '<' \
                || (b) == '=' || (b) == '>' || (b) == '[' || (b) == '{' || (b) == '|' || (b) == '}' \
            ? catchment_set_tag_end : 0) \
     | (BLANK(b) || (b) == '"' || (b) == '=' || (b) == ']' ? catchment_set_sd_name_end : 0) \
     | (SMALL(b) || DIGIT(b) || (b) == '-' || (b) == ',' ? catchment_set_topics : 0) \
     | (WORD(b) ? catchment_set_key : 0))
#define FOUR(b) SETS(b), SETS((b) + 1), SETS((b) + 2), SETS((b) + 3)
#define SIXTEEN(b) FOUR(b), FOUR((b) + 4), FOUR((b) + 8), FOUR((b) + 12)
#define SIXTY_FOUR(b) SIXTEEN(b), SIXTEEN((b) + 16), SIXTEEN((b) + 32), SIXTEEN((b) + 48)

// The sets that a byte is in.
static inline uint8_t catchment_byte_sets(uint8_t byte) {
    static const uint8_t table[256] = {
        SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128), SIXTY_FOUR(192),
    };
    return table[byte];
}

#undef SMALL
#undef DIGIT
#undef WORD
#undef BLANK
#undef SETS
#undef FOUR
#undef SIXTEEN
#undef SIXTY_FOUR

#endif
