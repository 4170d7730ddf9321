// libcurl, loaded when it is first needed: a process without an object store does not pay for it.
#ifndef CATCHMENT_CURL_H
#define CATCHMENT_CURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Loads the library once. Returns NULL, or why that is not possible.
const char *catchment_curl_load(void);

// One request and its answer; made once and used for many, so that connections are kept.
typedef struct catchment_exchange catchment_exchange;

// NULL when there is no memory.
catchment_exchange *catchment_exchange_make(void);
void catchment_exchange_free(catchment_exchange *exchange);

typedef struct {
    const uint8_t *start;
    size_t count;
} catchment_piece;

typedef struct {
    const char *method;
    const char *url;
    // The pieces of the body; their bytes stay the caller's and must live until the exchange is
    // taken out.
    const catchment_piece *body;
    size_t body_pieces;
    // Whether the method has a body, be it of no bytes.
    bool has_body;
    // NULL for libcurl's own choice.
    const char *ca_file;
    const char *ca_path;
    const char *proxy;
    bool verify;
    long connect_timeout_ms;
    // Seconds without a byte after which an exchange fails.
    long silence_seconds;
    // Bytes of an answer's body above which an exchange fails.
    size_t answer_limit;
} catchment_request;

// Prepares the exchange for a request; headers follow. False when there is no memory.
bool catchment_exchange_begin(catchment_exchange *exchange, const catchment_request *request);
bool catchment_exchange_header(catchment_exchange *exchange, const char *line);

// Runs several exchanges at once.
typedef struct catchment_curl_multi catchment_curl_multi;

catchment_curl_multi *catchment_multi_make(void);
void catchment_multi_free(catchment_curl_multi *multi);
bool catchment_multi_add(catchment_curl_multi *multi, catchment_exchange *exchange);
void catchment_multi_remove(catchment_curl_multi *multi, catchment_exchange *exchange);
// Goes on with all exchanges, waiting at most so long. Returns how many are not done, or -1.
int catchment_multi_run(catchment_curl_multi *multi, int wait_ms);
// Ends the waiting of another thread; the next waiting when there is none.
void catchment_multi_wake(catchment_curl_multi *multi);
// An exchange that is done since the last call, or NULL.
catchment_exchange *catchment_multi_done(catchment_curl_multi *multi);

// libcurl's result: 0 is success.
int catchment_exchange_result(const catchment_exchange *exchange);
// The result in words.
const char *catchment_exchange_reason(const catchment_exchange *exchange);
long catchment_exchange_status(const catchment_exchange *exchange);
// The answer's header lines as they came, and its body; valid until the next begin.
const uint8_t *catchment_exchange_headers(const catchment_exchange *exchange, size_t *count);
const uint8_t *catchment_exchange_answer(const catchment_exchange *exchange, size_t *count);

#endif
