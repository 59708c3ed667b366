// What the benchmark of the RPC runtime is measured with: a server that is nothing but epoll, a
// client that costs as little, and a count of heap allocations. Linked into `brigade` and tests only.
#pragma once
#include <stdint.h>
#include <sys/types.h>

// Heap allocations of the calling thread since it began; -1 where they are not counted, which is
// where a sanitizer has its own malloc.
int64_t bench_allocations(void);

// Processor time that the calling thread has used, in nanoseconds.
int64_t bench_thread_cpu(void);

// Processors that this process may use, at most `max` of them; returns how many were written.
int bench_processors(int *processors, int max);
// Pins the calling thread, and the threads and processes that it starts from here on.
void bench_pin(int processor);

// Sends every frame back as it came, on the calling thread, until `control` ends. Each byte read from
// `control` is answered with a line: processor time in nanoseconds and allocations.
// Returns -1 when the kernel refuses, with errno set.
int bench_serve_floor(int listener, int control);

// Writes one such line for the calling thread.
void bench_write_marks(int control);

// A client with a fixed number of calls in flight. The request of each is sent again as soon as its
// answer has come.
struct bench_load {
  uint16_t port;           // on 127.0.0.1
  int connections;
  int calls;               // in flight on each connection
  const uint8_t *hello;    // the frame that begins a connection; the peer answers it with one
  size_t hello_bytes;
  const uint8_t *requests; // one frame for each of `calls`, one after the other, equally long
  size_t request_bytes;
  uint64_t first_call;     // the call number of the first; those after it count up
  size_t body_bytes;       // of each answer; any other is counted as a failure
};

struct bench_tally {
  uint64_t answered;
  uint64_t failed;
  int64_t nanoseconds;
  int64_t median;          // latency in nanoseconds, to 1 %
  int64_t percentile99;
};

struct bench_client;
// NULL with errno set when it cannot connect.
struct bench_client *bench_client_open(const struct bench_load *load);
// Keeps the calls in flight for a time, then waits for their answers.
// Returns -1 with errno set when a connection is lost.
int bench_client_run(struct bench_client *client, int64_t nanoseconds, struct bench_tally *tally);
void bench_client_close(struct bench_client *client);
