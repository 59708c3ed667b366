#define _GNU_SOURCE
#include "CBench.h"
#include "buffer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  read_bytes = 64 << 10,
  events_max = 64,
  // A bucket of the histogram spans 1/128 of its power of two.
  fine_bits = 7,
  buckets = (64 - fine_bits) << fine_bits,
  // Without any answer for so long, the server is taken for dead.
  patience_milliseconds = 10000,
};

struct connection {
  int descriptor;
  uint32_t interest;
  struct buffer input, output;
  int64_t *sent;
};

struct bench_client {
  struct bench_load load;
  int epoll;
  uint8_t *requests;
  struct connection *connections;
  uint64_t in_flight;
  uint32_t histogram[buckets];
};

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static size_t bucket(int64_t value) {
  uint64_t v = value < 1 ? 1 : (uint64_t)value;
  int exponent = 63 - __builtin_clzll(v);
  if (exponent < fine_bits) return (size_t)v;
  return ((size_t)(exponent - fine_bits + 1) << fine_bits) +
         (size_t)((v >> (exponent - fine_bits)) & ((1u << fine_bits) - 1));
}

static int64_t bucket_value(size_t index) {
  if (index < 1u << fine_bits) return (int64_t)index;
  int shift = (int)(index >> fine_bits) - 1;
  int64_t fine = (int64_t)(index & ((1u << fine_bits) - 1)) + (1 << fine_bits);
  return (fine << shift) + (((int64_t)1 << shift) >> 1);
}

static int64_t percentile(const struct bench_client *client, uint64_t total, double share) {
  uint64_t wanted = (uint64_t)((double)total * share), seen = 0;
  for (size_t index = 0; index < buckets; index++) {
    seen += client->histogram[index];
    if (seen > wanted) return bucket_value(index);
  }
  return 0;
}

// MARK: Connecting

static int greet(struct connection *connection, const struct bench_load *load) {
  if (send(connection->descriptor, load->hello, load->hello_bytes, MSG_NOSIGNAL) !=
      (ssize_t)load->hello_bytes)
    return -1;
  struct buffer *input = &connection->input;
  size_t frame;
  while ((frame = buffer_frame(input)) == 0) {
    uint8_t *room = buffer_room(input, read_bytes);
    ssize_t count = recv(connection->descriptor, room, read_bytes, 0);
    if (count <= 0) return -1;
    input->end += (size_t)count;
  }
  input->front += frame;
  return 0;
}

static int open_connection(struct bench_client *client, struct connection *connection) {
  const struct bench_load *load = &client->load;
  connection->sent = calloc((size_t)load->calls, sizeof *connection->sent);
  connection->interest = EPOLLIN;
  connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->descriptor < 0 || !connection->sent) return -1;
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(load->port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  int one = 1;
  setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (greet(connection, load) != 0) return -1;
  fcntl(connection->descriptor, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  return epoll_ctl(client->epoll, EPOLL_CTL_ADD, connection->descriptor, &event);
}

struct bench_client *bench_client_open(const struct bench_load *load) {
  struct bench_client *client = calloc(1, sizeof *client);
  if (!client) return NULL;
  client->load = *load;
  client->epoll = epoll_create1(EPOLL_CLOEXEC);
  size_t request_bytes = load->request_bytes * (size_t)load->calls;
  client->requests = malloc(request_bytes);
  client->connections = calloc((size_t)load->connections, sizeof *client->connections);
  if (client->epoll >= 0 && client->requests && client->connections) {
    memcpy(client->requests, load->requests, request_bytes);
    for (int index = 0; index < load->connections; index++)
      client->connections[index].descriptor = -1;
    int index = 0;
    while (index < load->connections && open_connection(client, &client->connections[index]) == 0)
      index++;
    if (index == load->connections) return client;
  }
  int kept = errno;
  bench_client_close(client);
  errno = kept;
  return NULL;
}

void bench_client_close(struct bench_client *client) {
  for (int index = 0; client->connections && index < client->load.connections; index++) {
    struct connection *connection = &client->connections[index];
    if (connection->descriptor >= 0) close(connection->descriptor);
    free(connection->input.bytes);
    free(connection->output.bytes);
    free(connection->sent);
  }
  free(client->connections);
  free(client->requests);
  if (client->epoll >= 0) close(client->epoll);
  free(client);
}

// MARK: Running

static int flush(struct bench_client *client, struct connection *connection) {
  struct buffer *output = &connection->output;
  while (output->front < output->end) {
    ssize_t sent = send(
        connection->descriptor, output->bytes + output->front, output->end - output->front,
        MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent < 0) break;
    output->front += (size_t)sent;
  }
  uint32_t interest = output->front < output->end ? EPOLLIN | EPOLLOUT : EPOLLIN;
  if (interest == connection->interest) return 0;
  connection->interest = interest;
  struct epoll_event event = {.events = interest, .data.ptr = connection};
  return epoll_ctl(client->epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
}

static void ask(
    struct bench_client *client, struct connection *connection, size_t slot, int64_t time) {
  connection->sent[slot] = time;
  buffer_append(
      &connection->output, client->requests + slot * client->load.request_bytes,
      client->load.request_bytes);
  client->in_flight++;
}

// Whose answer a frame is: the number of the call is its head's first field in both directions.
static size_t slot_of(const struct bench_client *client, const uint8_t *frame, size_t bytes) {
  uint64_t call = 0;
  if (bytes < 9 || frame[8] != 0x08) return SIZE_MAX;
  for (size_t index = 9, shift = 0; index < bytes && shift < 64; index++, shift += 7) {
    call |= (uint64_t)(frame[index] & 0x7f) << shift;
    if (!(frame[index] & 0x80)) break;
  }
  uint64_t slot = call - client->load.first_call;
  return slot < (uint64_t)client->load.calls ? (size_t)slot : SIZE_MAX;
}

static int take_answers(
    struct bench_client *client, struct connection *connection, int64_t end,
    struct bench_tally *tally) {
  struct buffer *input = &connection->input;
  for (;;) {
    uint8_t *room = buffer_room(input, read_bytes);
    size_t size = input->capacity - input->end;
    ssize_t count = recv(connection->descriptor, room, size, 0);
    if (count == 0) errno = ECONNRESET;
    if (count == 0 || (count < 0 && errno != EAGAIN)) return -1;
    if (count < 0) break;
    input->end += (size_t)count;
    if ((size_t)count < size) break;
  }
  int64_t time = now();
  for (size_t frame; (frame = buffer_frame(input)) > 0; input->front += frame) {
    const uint8_t *bytes = input->bytes + input->front;
    size_t head = (size_t)bytes[6] << 8 | bytes[7];
    size_t slot = slot_of(client, bytes, frame);
    if (slot == SIZE_MAX) {
      errno = EPROTO;
      return -1;
    }
    client->in_flight--;
    tally->answered++;
    if (frame - 8 - head != client->load.body_bytes) tally->failed++;
    client->histogram[bucket(time - connection->sent[slot])]++;
    if (time < end) ask(client, connection, slot, time);
  }
  return flush(client, connection);
}

int bench_client_run(struct bench_client *client, int64_t nanoseconds, struct bench_tally *tally) {
  memset(tally, 0, sizeof *tally);
  memset(client->histogram, 0, sizeof client->histogram);
  int64_t start = now(), end = start + nanoseconds;
  for (int index = 0; index < client->load.connections; index++) {
    struct connection *connection = &client->connections[index];
    for (int slot = 0; slot < client->load.calls; slot++)
      ask(client, connection, (size_t)slot, start);
    if (flush(client, connection) != 0) return -1;
  }
  struct epoll_event events[events_max];
  while (client->in_flight > 0) {
    int count = epoll_wait(client->epoll, events, events_max, patience_milliseconds);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = ETIMEDOUT;
    if (count <= 0) return -1;
    for (int index = 0; index < count; index++) {
      struct connection *connection = events[index].data.ptr;
      if (events[index].events & EPOLLOUT && flush(client, connection) != 0) return -1;
      if (take_answers(client, connection, end, tally) != 0) return -1;
    }
  }
  tally->nanoseconds = now() - start;
  tally->median = percentile(client, tally->answered, 0.5);
  tally->percentile99 = percentile(client, tally->answered, 0.99);
  return 0;
}
