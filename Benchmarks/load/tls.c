// Sends RFC 5424 lines over many TLS connections as fast as they are taken.
//
// usage: tls PORT CONNECTIONS MESSAGES PER_RECORD
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static SSL *connect_to(SSL_CTX *context, int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    SSL *ssl = SSL_new(context);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0
        || SSL_set_fd(ssl, descriptor) != 1 || SSL_connect(ssl) != 1) {
        fprintf(stderr, "tls: cannot connect\n");
        exit(1);
    }
    return ssl;
}

int main(int count, char **words) {
    if (count != 5) return 2;
    int connections = atoi(words[2]), per_record = atoi(words[4]);
    long messages = atol(words[3]);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL **all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) all[i] = connect_to(context, atoi(words[1]));
    char *record = malloc(per_record * 512);
    for (long sent = 0; sent < messages;) {
        for (int i = 0; i < connections && sent < messages; i++) {
            int length = 0;
            for (int n = 0; n < per_record && sent < messages; n++, sent++) {
                char line[400];
                int size = snprintf(
                    line, sizeof line,
                    "<134>1 2026-03-01T12:00:00.%06ldZ edge-%d kernel 4242 FW "
                    "[fw@32473 rule=\"%ld\"] IN=ether1 OUT=ether2 SRC=192.0.2.%ld "
                    "DST=198.51.100.7 PROTO=TCP SPT=%ld DPT=443 LEN=60 TTL=63",
                    sent % 1000000, i, sent % 97, sent % 250, 1024 + sent % 60000);
                length += sprintf(record + length, "%d %s", size, line);
            }
            if (length > 0 && SSL_write(all[i], record, length) != length) return 1;
        }
    }
    for (int i = 0; i < connections; i++) SSL_shutdown(all[i]);
    return 0;
}
