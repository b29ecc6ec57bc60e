/* write_for_a_moment PATH VALUE MILLISECONDS: in a guest, writes VALUE to a node and, after so
   long, what was there before, and prints the milliseconds between the two writes. One process does
   both: in an emulator the start of a second one takes seconds. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* xen/include/public/io/xs_wire.h: struct xsd_sockmsg, XS_READ, XS_WRITE. */
struct message {
  uint32_t type, request, transaction, length;
  char text[4096];
};
enum { kRead = 2, kWrite = 11 };

static int device;

/* Linux drivers/xen/xenbus/xenbus_dev_frontend.c: a message is one write. The answer takes its
 * place. */
static void ask(struct message* message) {
  const uint32_t type = message->type;
  const ssize_t size = 16 + (ssize_t)message->length;
  ssize_t count = write(device, message, (size_t)size);
  if (count == size) {
    ssize_t got = 0;
    while ((got < 16 || got < 16 + (ssize_t)message->length) &&
           (count = read(device, (char*)message + got, sizeof *message - (size_t)got)) > 0) {
      got += count;
    }
    if (count > 0 && message->type == type) return;
  }
  fprintf(stderr, "refused: %.*s\n", (int)message->length, message->text);
  exit(1);
}

static void write_node(const char* path, const char* value, size_t size) {
  struct message message = {.type = kWrite};
  const size_t begin = strlen(path) + 1;
  if (begin + size > sizeof message.text) exit(2);
  memcpy(message.text, path, begin);
  memcpy(message.text + begin, value, size);
  message.length = (uint32_t)(begin + size);
  ask(&message);
}

static double milliseconds_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const char* path = argv[1];
  const long pause = atol(argv[3]);
  device = open("/dev/xen/xenbus", O_RDWR);
  if (device < 0) return perror("/dev/xen/xenbus"), 1;

  struct message before = {.type = kRead, .length = (uint32_t)strlen(path) + 1};
  if (before.length > sizeof before.text) return 2;
  memcpy(before.text, path, before.length);
  ask(&before);

  const double begin = milliseconds_now();
  write_node(path, argv[2], strlen(argv[2]));
  const struct timespec time = {pause / 1000, pause % 1000 * 1000000};
  nanosleep(&time, NULL);
  write_node(path, before.text, before.length);
  printf("between the writes: %.1f ms\n", milliseconds_now() - begin);
  return 0;
}
