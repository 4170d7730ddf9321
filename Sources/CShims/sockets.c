#define _GNU_SOURCE
#include "shims.h"

#include <string.h>
#include <sys/eventfd.h>

_Static_assert(
    sizeof(struct catchment_message) == sizeof(struct mmsghdr)
        && offsetof(struct catchment_message, length) == offsetof(struct mmsghdr, msg_len),
    "catchment_message is mmsghdr");

int catchment_recvmmsg(
    int socket, struct catchment_message *messages, unsigned int count, int flags) {
    return recvmmsg(socket, (struct mmsghdr *)messages, count, flags, NULL);
}

int catchment_accept(int socket) {
    return accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int catchment_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

uint32_t catchment_dropped_datagrams(struct catchment_message *message) {
    struct msghdr *header = &message->header;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_RXQ_OVFL) {
            uint32_t count;
            memcpy(&count, CMSG_DATA(part), sizeof count);
            return count;
        }
    }
    return 0;
}
