/* open_channel DOMID: in a guest, opens an event channel that domain DOMID may bind, prints its port and
   keeps it open. Linux include/uapi/xen/evtchn.h: IOCTL_EVTCHN_BIND_UNBOUND_PORT. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct {
    unsigned int remote_domain;
  } request = {.remote_domain = argc > 1 ? (unsigned int)atoi(argv[1]) : 0};
  const int device = open("/dev/xen/evtchn", O_RDWR);
  if (device < 0) return perror("/dev/xen/evtchn"), 1;
  const int port = ioctl(device, _IOC(_IOC_NONE, 'E', 2, sizeof request), &request);
  if (port < 0) return perror("IOCTL_EVTCHN_BIND_UNBOUND_PORT"), 1;
  const pid_t child = fork();
  if (child < 0) return perror("fork"), 1;
  if (child > 0) return printf("%d\n", port), 0;
  /* The caller reads the output to its end. */
  close(STDOUT_FILENO);
  for (;;) pause();
}
