// OpenSSL 3, and functions for those of its macros that Swift cannot call.
#ifndef CATCHMENT_OPENSSL_H
#define CATCHMENT_OPENSSL_H

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// What every server here wants. Reads ahead of the current record, so that many small records come
// with one system call, and keeps no buffer for a silent connection. The buffer has OpenSSL's own
// length, one record: what is left in it is moved to its start for each record, and in one of 32 KiB
// that took 18 instead of 12 % of a busy server's time (Benchmarks/tls.py, 64 records a write). No
// renegotiation, and no resumption: neither cache nor tickets. A connection may end without a farewell,
// as many senders do it: the framing knows what is missing.
static inline void catchment_ssl_prepare_server(SSL_CTX *context) {
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION
            | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
}

static inline int catchment_ssl_versions(SSL_CTX *context, int minimum, int maximum) {
    return SSL_CTX_set_min_proto_version(context, minimum)
        && SSL_CTX_set_max_proto_version(context, maximum);
}

// Appends to the chain that is sent behind the certificate; takes the certificate over.
static inline int catchment_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add0_chain_cert(context, certificate) > 0;
}

// Bytes that have come by the socket.
static inline uint64_t catchment_ssl_bytes_read(SSL *ssl) {
    return BIO_number_read(SSL_get_rbio(ssl));
}

// The alternative names of a certificate, to be freed with GENERAL_NAMES_free, or NULL.
static inline GENERAL_NAMES *catchment_alternative_names(X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

static inline int catchment_name_count(GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

// The text of a name that is a dNSName, or NULL.
static inline const ASN1_STRING *catchment_dns_name(GENERAL_NAMES *names, int index) {
    GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    return name->type == GEN_DNS ? name->d.dNSName : NULL;
}

// The last common name of a certificate's subject, or NULL.
static inline const ASN1_STRING *catchment_common_name(X509 *certificate) {
    X509_NAME *subject = X509_get_subject_name(certificate);
    int last = -1;
    for (int next; (next = X509_NAME_get_index_by_NID(subject, NID_commonName, last)) >= 0;)
        last = next;
    return last < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last));
}

// Whether the reason of an error is that the peer showed no certificate, or a bad one.
static inline int catchment_is_about_certificate(unsigned long error) {
    int reason = ERR_GET_REASON(error);
    return ERR_GET_LIB(error) == ERR_LIB_SSL
        && (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE
            || reason == SSL_R_CERTIFICATE_VERIFY_FAILED);
}

// Whether reading found the end of a PEM file instead of another block.
static inline int catchment_is_end_of_pem(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

#endif
