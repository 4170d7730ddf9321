#define _GNU_SOURCE
#include "shims.h"

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
