#define _GNU_SOURCE
#include "shims.h"

#include <linux/filter.h>
#include <sys/epoll.h>
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

int catchment_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int catchment_epoll_add(int epoll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = descriptor};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int catchment_epoll_modify(int epoll, int descriptor, int wants_output) {
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLRDHUP | (wants_output ? EPOLLOUT : 0), .data.fd = descriptor};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

int catchment_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

int catchment_epoll_wait(int epoll, int *ready, int count, int milliseconds) {
    struct epoll_event events[64];
    int found = epoll_wait(epoll, events, count < 64 ? count : 64, milliseconds);
    for (int i = 0; i < found; i++) ready[i] = events[i].data.fd;
    return found;
}

int catchment_share_by_sender(int socket, unsigned int sockets) {
    const uint32_t header = (uint32_t)SKF_NET_OFF;
    // A is the accumulator, X the other register.
    struct sock_filter code[] = {
        // The version of the IP header.
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, header),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 2, 0),
        // IPv4: the sender's address.
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 12),
        BPF_STMT(BPF_JMP | BPF_JA, 10),
        // IPv6: its four words, mixed.
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 8),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 12),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 16),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, header + 20),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
        // Neighbours spread: the upper bits of a product with 2^32 divided by the golden ratio.
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 2654435769u),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, sockets),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return setsockopt(
        socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
}
