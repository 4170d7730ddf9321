// Plays many IPFIX exporters on loopback, each with templates of its own.
// usage: exporters PORT EXPORTERS TEMPLATES DATAGRAMS RATE
// First every exporter announces its templates, then DATAGRAMS data messages of 23 records come from
// exporters and templates in random order, RATE of them a second (0: as fast as it goes). Exporter N
// sends from 127.16.0.0 + N. Prints records sent and seconds taken as JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { RECORDS = 23, BATCH = 32, SIZE = 1500 };

// Element and length: the fields of RouterOS 6.
static const uint16_t fields[][2] = {
    {8, 4},  {12, 4}, {15, 4}, {10, 4}, {14, 4}, {2, 4},   {1, 4},   {21, 4},  {22, 4},
    {7, 2},  {11, 2}, {4, 1},  {6, 1},  {5, 1},  {225, 4}, {226, 4}, {227, 2}, {228, 2}};
enum { FIELDS = sizeof fields / sizeof *fields };

static uint8_t *put16(uint8_t *to, uint16_t value) {
    value = htons(value);
    memcpy(to, &value, 2);
    return to + 2;
}
static uint8_t *put32(uint8_t *to, uint32_t value) {
    value = htonl(value);
    memcpy(to, &value, 4);
    return to + 4;
}

static uint8_t *header(uint8_t *to, uint32_t sequence) {
    to = put16(to, 10);
    to = put16(to, 0);
    to = put32(to, (uint32_t)time(NULL));
    to = put32(to, sequence);
    return put32(to, 1);
}

static size_t finish(uint8_t *message, const uint8_t *end) {
    put16(message + 2, (uint16_t)(end - message));
    return (size_t)(end - message);
}

static size_t make_templates(uint8_t *message, uint32_t sequence, int templates) {
    uint8_t *to = header(message, sequence);
    to = put16(to, 2);
    to = put16(to, (uint16_t)(4 + templates * (4 + FIELDS * 4)));
    for (int id = 0; id < templates; id++) {
        to = put16(to, (uint16_t)(256 + id));
        to = put16(to, FIELDS);
        // Each template has its fields in another order.
        for (int field = 0; field < FIELDS; field++) {
            const uint16_t *one = fields[(field + id) % FIELDS];
            to = put16(to, one[0]);
            to = put16(to, one[1]);
        }
    }
    return finish(message, to);
}

static size_t make_data(uint8_t *message, uint32_t sequence, int id) {
    uint8_t *to = header(message, sequence);
    int length = 0;
    for (int field = 0; field < FIELDS; field++) length += fields[field][1];
    to = put16(to, (uint16_t)(256 + id));
    to = put16(to, (uint16_t)(4 + RECORDS * length));
    for (int left = RECORDS * length; left > 0; left--) *to++ = (uint8_t)next_random();
    return finish(message, to);
}

static uint8_t buffers[BATCH][SIZE];
static uint8_t controls[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static int used;

static void flush(int descriptor) {
    for (int sent = 0; sent < used;) {
        int count = sendmmsg(descriptor, messages + sent, (unsigned)(used - sent), 0);
        if (count > 0) {
            sent += count;
        } else if (errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
            perror("sendmmsg");
            exit(1);
        }
    }
    used = 0;
}

static void queue(int descriptor, size_t length, uint32_t exporter) {
    struct mmsghdr *message = &messages[used];
    vectors[used].iov_len = length;
    struct cmsghdr *control = CMSG_FIRSTHDR(&message->msg_hdr);
    struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(control);
    info->ipi_spec_dst.s_addr = htonl(0x7f100000u + exporter);
    if (++used == BATCH) flush(descriptor);
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: exporters PORT EXPORTERS TEMPLATES DATAGRAMS RATE\n");
        return 2;
    }
    const uint32_t exporters = (uint32_t)atoi(arguments[2]);
    const int templates = atoi(arguments[3]);
    const uint64_t datagrams = strtoull(arguments[4], NULL, 10);
    const double rate = atof(arguments[5]);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    int room = 8 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    uint32_t *sequences = calloc(exporters, sizeof *sequences);
    if (descriptor < 0 || sequences == NULL) return 1;
    for (int index = 0; index < BATCH; index++) {
        vectors[index].iov_base = buffers[index];
        struct msghdr *one = &messages[index].msg_hdr;
        *one = (struct msghdr){
            .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &vectors[index], .msg_iovlen = 1,
            .msg_control = controls[index], .msg_controllen = sizeof controls[index]};
        struct cmsghdr *control = CMSG_FIRSTHDR(one);
        *control = (struct cmsghdr){
            .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO,
            .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo))};
    }
    // Announcing goes at a pace that no collector's buffer overflows at.
    for (uint32_t exporter = 0; exporter < exporters; exporter++) {
        queue(descriptor, make_templates(buffers[used], 0, templates), exporter);
        if (exporter % BATCH == BATCH - 1) usleep(2000);
    }
    flush(descriptor);
    usleep(200000);
    const double start = seconds();
    for (uint64_t sent = 0; sent < datagrams; sent++) {
        if (rate > 0 && used == 0) {
            const double wait = start + (double)sent / rate - seconds();
            if (wait > 0) usleep((useconds_t)(wait * 1e6));
        }
        const uint32_t exporter = next_random() % exporters;
        const int id = (int)(next_random() % (uint32_t)templates);
        const size_t length = make_data(buffers[used], sequences[exporter], id);
        sequences[exporter] += RECORDS;
        queue(descriptor, length, exporter);
    }
    flush(descriptor);
    printf("{\"records\": %llu, \"seconds\": %.3f}\n", (unsigned long long)(datagrams * RECORDS),
           seconds() - start);
    free(sequences);
    return 0;
}
