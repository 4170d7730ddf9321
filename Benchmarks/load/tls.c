// Sends RFC 5424 lines over many TLS connections as fast as they are taken.
//
// usage: tls PORT CONNECTIONS MESSAGES PER_RECORD RECORDS_PER_WRITE
//
// Records that are written together cost this program one system call; the receiver decrypts each.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { LINES = 4096, LONGEST = 400 };

static SSL *connect_to(SSL_CTX *context, int port, int buffer) {
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
    BIO *collector = BIO_new(BIO_f_buffer());
    BIO_set_write_buffer_size(collector, buffer);
    BIO_up_ref(SSL_get_wbio(ssl));
    SSL_set0_wbio(ssl, BIO_push(collector, SSL_get_wbio(ssl)));
    return ssl;
}

static int make_line(char *line, long number) {
    char text[LONGEST];
    int size = snprintf(
        text, sizeof text,
        "<134>1 2026-03-01T12:00:00.%06ldZ edge-%ld kernel 4242 FW "
        "[fw@32473 rule=\"%ld\"] IN=ether1 OUT=ether2 SRC=192.0.2.%ld "
        "DST=198.51.100.7 PROTO=TCP SPT=%ld DPT=443 LEN=60 TTL=63",
        number * 239 % 1000000, number % 100, number % 97, number % 250, 1024 + number * 13 % 60000);
    return sprintf(line, "%d %s", size, text);
}

int main(int count, char **words) {
    if (count != 6) return 2;
    int connections = atoi(words[2]), per_record = atoi(words[4]), per_write = atoi(words[5]);
    long messages = atol(words[3]);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL **all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++)
        all[i] = connect_to(context, atoi(words[1]), (per_record * LONGEST + 64) * per_write);
    char(*lines)[LONGEST] = malloc(LINES * LONGEST);
    int lengths[LINES];
    for (int i = 0; i < LINES; i++) lengths[i] = make_line(lines[i], i);
    char *record = malloc(per_record * LONGEST);
    for (long sent = 0; sent < messages;) {
        for (int i = 0; i < connections && sent < messages; i++) {
            for (int written = 0; written < per_write && sent < messages; written++) {
                int length = 0;
                for (int n = 0; n < per_record && sent < messages; n++, sent++) {
                    memcpy(record + length, lines[sent % LINES], lengths[sent % LINES]);
                    length += lengths[sent % LINES];
                }
                if (SSL_write(all[i], record, length) != length) return 1;
            }
            if (BIO_flush(SSL_get_wbio(all[i])) != 1) return 1;
        }
    }
    for (int i = 0; i < connections; i++) {
        SSL_shutdown(all[i]);
        BIO_flush(SSL_get_wbio(all[i]));
    }
    return 0;
}
