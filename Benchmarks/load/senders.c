// Plays many senders of logs on loopback, in random order.
// usage: senders syslog|routeros 127.0.0.1 PORT MESSAGES RATE SENDERS
// Sender N sends lines of sshd or of RouterOS's firewall with a syslog header (RFC 3164) from
// 127.16.0.0 + N, RATE of all messages a second (0: as fast as it goes). Prints messages sent and
// seconds taken as JSON.
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

enum { BATCH = 32, SIZE = 512 };

static char buffers[BATCH][SIZE];
static uint8_t controls[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];

static const char *const forms[] = {
    "<38>%s router-%u sshd[4711]: Accepted publickey for admin from 10.%u.%u.%u port %u ssh2: ED25519",
    "<134>%s router-%u firewall,info forward: in:ether1 out:bridge, connection-state:new src-mac "
    "4c:5e:0c:11:22:33, proto TCP (SYN), 10.%u.%u.%u:%u->93.184.216.34:443, len 60",
};

static size_t make_line(char *to, const char *form, uint32_t sender) {
    static time_t last;
    static char stamp[32];
    time_t now = time(NULL);
    if (now != last) {
        struct tm parts;
        strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", gmtime_r(&now, &parts));
        last = now;
    }
    return (size_t)snprintf(
        to, SIZE, form, stamp, sender, sender >> 8 & 255, sender & 255, next_random() & 255,
        1024 + next_random() % 60000);
}

int main(int count, char **arguments) {
    if (count != 7) {
        fprintf(stderr, "usage: senders syslog|routeros 127.0.0.1 PORT MESSAGES RATE SENDERS\n");
        return 2;
    }
    const char *form = forms[strcmp(arguments[1], "routeros") == 0];
    long total = atol(arguments[4]);
    double rate = atof(arguments[5]);
    uint32_t senders = (uint32_t)atoi(arguments[6]);
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    int length = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &length, sizeof length);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[3]))};
    if (inet_pton(AF_INET, arguments[2], &to.sin_addr) != 1) return 2;
    for (int slot = 0; slot < BATCH; slot++) {
        vectors[slot].iov_base = buffers[slot];
        struct msghdr *header = &messages[slot].msg_hdr;
        header->msg_name = &to;
        header->msg_namelen = sizeof to;
        header->msg_iov = &vectors[slot];
        header->msg_iovlen = 1;
        header->msg_control = controls[slot];
        header->msg_controllen = sizeof controls[slot];
        struct cmsghdr *control = CMSG_FIRSTHDR(header);
        control->cmsg_level = IPPROTO_IP;
        control->cmsg_type = IP_PKTINFO;
        control->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    }
    double start = seconds();
    for (long sent = 0; sent < total;) {
        int used = total - sent < BATCH ? (int)(total - sent) : BATCH;
        for (int slot = 0; slot < used; slot++) {
            uint32_t sender = next_random() % senders;
            vectors[slot].iov_len = make_line(buffers[slot], form, sender);
            struct cmsghdr *control = CMSG_FIRSTHDR(&messages[slot].msg_hdr);
            ((struct in_pktinfo *)CMSG_DATA(control))->ipi_spec_dst.s_addr = htonl(0x7f100000u + sender);
        }
        double wait = rate > 0 ? start + (double)sent / rate - seconds() : 0;
        if (wait > 0) {
            struct timespec pause = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
            nanosleep(&pause, NULL);
        }
        for (int done = 0; done < used;) {
            int result = sendmmsg(descriptor, messages + done, (unsigned)(used - done), 0);
            if (result > 0) {
                done += result;
            } else if (errno != EINTR && errno != ENOBUFS && errno != ECONNREFUSED) {
                perror("sendmmsg");
                return 1;
            }
        }
        sent += used;
    }
    printf("{\"records\": %ld, \"seconds\": %.3f}\n", total, seconds() - start);
    return 0;
}
