#define _GNU_SOURCE
#include "CBench.h"
#include "buffer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// Received from one socket in a turn, as the runtime has it.
enum { read_bytes = 16 << 10, events_max = 256 };

struct connection {
  int descriptor;
  uint32_t interest;
  struct buffer input, output;
};

static void add(int epoll, int descriptor, void *owner) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void accept_one(int epoll, int listener) {
  int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor < 0) return;
  int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct connection *connection = calloc(1, sizeof *connection);
  if (!connection) abort();
  connection->descriptor = descriptor;
  connection->interest = EPOLLIN;
  add(epoll, descriptor, connection);
}

static void close_connection(struct connection *connection) {
  close(connection->descriptor);
  free(connection->input.bytes);
  free(connection->output.bytes);
  free(connection);
}

static void flush(int epoll, struct connection *connection) {
  struct buffer *output = &connection->output;
  while (output->front < output->end) {
    ssize_t sent = send(
        connection->descriptor, output->bytes + output->front, output->end - output->front,
        MSG_NOSIGNAL);
    if (sent <= 0) break;
    output->front += (size_t)sent;
  }
  uint32_t interest = output->front < output->end ? EPOLLIN | EPOLLOUT : EPOLLIN;
  if (interest == connection->interest) return;
  connection->interest = interest;
  struct epoll_event event = {.events = interest, .data.ptr = connection};
  epoll_ctl(epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
}

// 0 when the connection is over.
static int echo(int epoll, struct connection *connection) {
  struct buffer *input = &connection->input;
  for (;;) {
    uint8_t *room = buffer_room(input, read_bytes);
    size_t size = input->capacity - input->end;
    ssize_t count = recv(connection->descriptor, room, size, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return 0;
    if (count < 0) break;
    input->end += (size_t)count;
    if ((size_t)count < size) break;
  }
  for (size_t frame; (frame = buffer_frame(input)) > 0; input->front += frame)
    buffer_append(&connection->output, input->bytes + input->front, frame);
  flush(epoll, connection);
  return 1;
}

int bench_serve_floor(int listener, int control) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return -1;
  add(epoll, listener, &listener);
  add(epoll, control, &control);
  struct epoll_event events[events_max];
  for (;;) {
    int count = epoll_wait(epoll, events, events_max, -1);
    if (count < 0 && errno != EINTR) return -1;
    for (int index = 0; index < count; index++) {
      void *owner = events[index].data.ptr;
      if (owner == &listener) {
        accept_one(epoll, listener);
      } else if (owner == &control) {
        char byte;
        if (read(control, &byte, 1) <= 0) return 0;
        bench_write_marks(control);
      } else {
        struct connection *connection = owner;
        if (events[index].events & EPOLLOUT) flush(epoll, connection);
        if (!echo(epoll, connection)) close_connection(connection);
      }
    }
  }
}
