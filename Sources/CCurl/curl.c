#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The functions that are used; their types come from the header.
static struct {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_reset) easy_reset;
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    __typeof__(&curl_easy_strerror) easy_strerror;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_multi_wakeup) multi_wakeup;
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];

static void load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define FIND(member, name)                                                                         \
    if (!(*(void **)&curl.member = dlsym(library, name))) {                                        \
        snprintf(failure, sizeof failure, "libcurl.so.4 has no %s", name);                         \
        return;                                                                                    \
    }
    FIND(global_init, "curl_global_init")
    FIND(easy_init, "curl_easy_init")
    FIND(easy_cleanup, "curl_easy_cleanup")
    FIND(easy_reset, "curl_easy_reset")
    FIND(easy_setopt, "curl_easy_setopt")
    FIND(easy_getinfo, "curl_easy_getinfo")
    FIND(easy_strerror, "curl_easy_strerror")
    FIND(slist_append, "curl_slist_append")
    FIND(slist_free_all, "curl_slist_free_all")
    FIND(multi_init, "curl_multi_init")
    FIND(multi_cleanup, "curl_multi_cleanup")
    FIND(multi_add_handle, "curl_multi_add_handle")
    FIND(multi_remove_handle, "curl_multi_remove_handle")
    FIND(multi_perform, "curl_multi_perform")
    FIND(multi_poll, "curl_multi_poll")
    FIND(multi_info_read, "curl_multi_info_read")
    FIND(multi_wakeup, "curl_multi_wakeup")
#undef FIND
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        snprintf(failure, sizeof failure, "libcurl.so.4 cannot be initialised");
}

const char *catchment_curl_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

struct bytes {
    uint8_t *start;
    size_t count;
    size_t capacity;
};

static bool append(struct bytes *bytes, const char *data, size_t count) {
    if (bytes->count + count > bytes->capacity) {
        size_t capacity = (bytes->count + count) * 2;
        uint8_t *start = realloc(bytes->start, capacity);
        if (!start) return false;
        bytes->start = start;
        bytes->capacity = capacity;
    }
    memcpy(bytes->start + bytes->count, data, count);
    bytes->count += count;
    return true;
}

struct catchment_exchange {
    CURL *easy;
    struct curl_slist *lines;
    catchment_piece *body;
    size_t body_pieces;
    size_t body_count;
    // Where the next byte to send is.
    size_t piece;
    size_t piece_offset;
    struct bytes headers;
    struct bytes answer;
    size_t answer_limit;
    CURLcode result;
    char reason[CURL_ERROR_SIZE];
};

static size_t take_body(char *target, size_t size, size_t count, void *context) {
    catchment_exchange *exchange = context;
    size_t room = size * count, taken = 0;
    while (taken < room && exchange->piece < exchange->body_pieces) {
        const catchment_piece *piece = &exchange->body[exchange->piece];
        size_t left = piece->count - exchange->piece_offset;
        size_t part = room - taken < left ? room - taken : left;
        if (part) memcpy(target + taken, piece->start + exchange->piece_offset, part);
        taken += part;
        exchange->piece_offset += part;
        if (part < left) break;
        exchange->piece++;
        exchange->piece_offset = 0;
    }
    return taken;
}

// libcurl goes back to the start when it repeats a request on a connection that had died.
static int seek_body(void *context, curl_off_t offset, int origin) {
    catchment_exchange *exchange = context;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > exchange->body_count)
        return CURL_SEEKFUNC_FAIL;
    size_t left = (size_t)offset;
    exchange->piece = 0;
    while (exchange->piece < exchange->body_pieces && left >= exchange->body[exchange->piece].count)
        left -= exchange->body[exchange->piece++].count;
    exchange->piece_offset = left;
    return CURL_SEEKFUNC_OK;
}

static size_t keep_header(char *data, size_t size, size_t count, void *context) {
    catchment_exchange *exchange = context;
    // A status line begins another answer: what an interim one or a proxy said is not wanted.
    if (size * count > 5 && !memcmp(data, "HTTP/", 5)) exchange->headers.count = 0;
    if (exchange->headers.count + size * count > 65536) return 0;
    return append(&exchange->headers, data, size * count) ? size * count : 0;
}

static size_t keep_answer(char *data, size_t size, size_t count, void *context) {
    catchment_exchange *exchange = context;
    if (exchange->answer.count + size * count > exchange->answer_limit) return 0;
    return append(&exchange->answer, data, size * count) ? size * count : 0;
}

catchment_exchange *catchment_exchange_make(void) {
    catchment_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) return NULL;
    exchange->easy = curl.easy_init();
    if (exchange->easy) return exchange;
    free(exchange);
    return NULL;
}

void catchment_exchange_free(catchment_exchange *exchange) {
    curl.easy_cleanup(exchange->easy);
    curl.slist_free_all(exchange->lines);
    free(exchange->body);
    free(exchange->headers.start);
    free(exchange->answer.start);
    free(exchange);
}

bool catchment_exchange_begin(catchment_exchange *exchange, const catchment_request *request) {
    CURL *easy = exchange->easy;
    curl.easy_reset(easy);
    curl.slist_free_all(exchange->lines);
    exchange->lines = NULL;
    free(exchange->body);
    exchange->body = NULL;
    exchange->body_pieces = exchange->body_count = exchange->piece = exchange->piece_offset = 0;
    if (request->body_pieces) {
        size_t size = request->body_pieces * sizeof *exchange->body;
        exchange->body = malloc(size);
        if (!exchange->body) return false;
        memcpy(exchange->body, request->body, size);
        exchange->body_pieces = request->body_pieces;
        for (size_t i = 0; i < request->body_pieces; i++)
            exchange->body_count += request->body[i].count;
    }
    exchange->headers.count = 0;
    exchange->answer.count = 0;
    exchange->answer_limit = request->answer_limit;
    exchange->result = CURLE_OK;
    exchange->reason[0] = 0;

    bool good = true;
#define SET(option, value) good = curl.easy_setopt(easy, option, value) == CURLE_OK && good
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_ERRORBUFFER, exchange->reason);
    SET(CURLOPT_PRIVATE, exchange);
    SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, request->silence_seconds);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
    SET(CURLOPT_SSL_VERIFYPEER, request->verify ? 1L : 0L);
    SET(CURLOPT_SSL_VERIFYHOST, request->verify ? 2L : 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->ca_file) SET(CURLOPT_CAINFO, request->ca_file);
    if (request->ca_path) SET(CURLOPT_CAPATH, request->ca_path);
    if (request->proxy) SET(CURLOPT_PROXY, request->proxy);
    SET(CURLOPT_HEADERFUNCTION, keep_header);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_WRITEFUNCTION, keep_answer);
    SET(CURLOPT_WRITEDATA, exchange);
    if (request->has_body) {
        SET(CURLOPT_UPLOAD, 1L);
        SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange->body_count);
        SET(CURLOPT_READFUNCTION, take_body);
        SET(CURLOPT_READDATA, exchange);
        SET(CURLOPT_SEEKFUNCTION, seek_body);
        SET(CURLOPT_SEEKDATA, exchange);
    } else if (!strcmp(request->method, "HEAD")) {
        SET(CURLOPT_NOBODY, 1L);
    }
    SET(CURLOPT_CUSTOMREQUEST, request->method);
#undef SET
    // Servers that know no 100 would let us wait a second for it.
    return good && catchment_exchange_header(exchange, "Expect:")
        && catchment_exchange_header(exchange, "Accept:");
}

bool catchment_exchange_header(catchment_exchange *exchange, const char *line) {
    struct curl_slist *lines = curl.slist_append(exchange->lines, line);
    if (!lines) return false;
    exchange->lines = lines;
    return curl.easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK;
}

catchment_curl_multi *catchment_multi_make(void) {
    return (catchment_curl_multi *)curl.multi_init();
}

void catchment_multi_free(catchment_curl_multi *multi) { curl.multi_cleanup((CURLM *)multi); }

bool catchment_multi_add(catchment_curl_multi *multi, catchment_exchange *exchange) {
    return curl.multi_add_handle((CURLM *)multi, exchange->easy) == CURLM_OK;
}

void catchment_multi_remove(catchment_curl_multi *multi, catchment_exchange *exchange) {
    curl.multi_remove_handle((CURLM *)multi, exchange->easy);
}

int catchment_multi_run(catchment_curl_multi *multi, int wait_ms) {
    int running = 0;
    if (curl.multi_perform((CURLM *)multi, &running) != CURLM_OK) return -1;
    if (running && curl.multi_poll((CURLM *)multi, NULL, 0, wait_ms, NULL) != CURLM_OK) return -1;
    return running;
}

void catchment_multi_wake(catchment_curl_multi *multi) { curl.multi_wakeup((CURLM *)multi); }

catchment_exchange *catchment_multi_done(catchment_curl_multi *multi) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl.multi_info_read((CURLM *)multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        catchment_exchange *exchange = NULL;
        CURLcode result = message->data.result;
        curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
        if (exchange) exchange->result = result;
        return exchange;
    }
    return NULL;
}

int catchment_exchange_result(const catchment_exchange *exchange) { return exchange->result; }

const char *catchment_exchange_reason(const catchment_exchange *exchange) {
    return exchange->reason[0] ? exchange->reason : curl.easy_strerror(exchange->result);
}

long catchment_exchange_status(const catchment_exchange *exchange) {
    long status = 0;
    curl.easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

const uint8_t *catchment_exchange_headers(const catchment_exchange *exchange, size_t *count) {
    *count = exchange->headers.count;
    return exchange->headers.start;
}

const uint8_t *catchment_exchange_answer(const catchment_exchange *exchange, size_t *count) {
    *count = exchange->answer.count;
    return exchange->answer.start;
}
