/* Lets an ordinary load generator go through what is measured, on the host name in $VIA_HOST:
 *   VIA_EXIT=/path/exit.sock   to a sandbox' exit: the Unix socket, with the header in front that caisson-init would send;
 *   VIA_PROXY=PORT             through a proxy on loopback: CONNECT to the port that the generator asked for.
 * Built and used by gateway.sh only. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int (*real_connect)(int, const struct sockaddr *, socklen_t);

static int replace(int fd, int with) {
    fcntl(with, F_SETFL, fcntl(fd, F_GETFL));
    int result = dup2(with, fd);
    close(with);
    return result < 0 ? -1 : 0;
}

static int through_exit(int fd, const char *path, const char *name, const struct sockaddr_in *to) {
    int exit_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (exit_fd < 0 || real_connect(exit_fd, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    unsigned char header[512] = "\r\n\r\n\0\r\nQUIT\n";
    size_t n = strlen(name), body = 12 + 3 + n;
    header[12] = 0x21, header[13] = 0x11;
    header[14] = body >> 8, header[15] = body & 0xff;
    header[16] = 198, header[17] = 18, header[19] = 1;
    header[20] = 198, header[21] = 18, header[23] = 9;
    memcpy(header + 26, &to->sin_port, 2);
    header[28] = 0x02, header[30] = n;
    memcpy(header + 31, name, n);
    if (write(exit_fd, header, 16 + body) != (ssize_t)(16 + body)) return -1;
    return replace(fd, exit_fd);
}

static int through_proxy(int fd, int port, const char *name, const struct sockaddr_in *to) {
    int proxy_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (proxy_fd < 0 || real_connect(proxy_fd, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    setsockopt(proxy_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char head[512], byte;
    int n = snprintf(head, sizeof head, "CONNECT %s:%d HTTP/1.1\r\nHost: %s:%d\r\n\r\n", name, ntohs(to->sin_port), name, ntohs(to->sin_port));
    if (write(proxy_fd, head, n) != n) return -1;
    for (unsigned seen = 0; seen != 0x0d0a0d0a;) {
        if (read(proxy_fd, &byte, 1) != 1) return -1;
        seen = seen << 8 | (unsigned char)byte;
    }
    return replace(fd, proxy_fd);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    if (!real_connect) real_connect = dlsym(RTLD_NEXT, "connect");
    const char *exit_path = getenv("VIA_EXIT"), *proxy = getenv("VIA_PROXY"), *name = getenv("VIA_HOST");
    if (!name || address->sa_family != AF_INET) return real_connect(fd, address, length);
    if (exit_path) return through_exit(fd, exit_path, name, (const struct sockaddr_in *)address);
    return proxy ? through_proxy(fd, atoi(proxy), name, (const struct sockaddr_in *)address) : real_connect(fd, address, length);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!real) real = dlsym(RTLD_NEXT, "getaddrinfo");
    const char *name = getenv("VIA_HOST");
    return real(node && name && strcmp(node, name) == 0 ? "127.0.0.1" : node, service, hints, result);
}
