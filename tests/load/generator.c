// A room load generator: one thread, epoll, no libraries. It speaks the room protocol (`ibasho`),
// socket.io v4 over WebSocket (`sio`) and plain WebSocket rooms (`ws`), opens ROOMS x MEMBERS
// connections, lets the first SENDERS members of each room talk, and checks that every member got
// every message exactly once, all of them in one order and each sender's as they were sent, and that
// each post was acknowledged once, by its nonce. One JSON line a phase on stdout; exit 1 when something
// was lost, doubled, out of order, refused or cut (`tests/load/test_generator.py`).
//
// Phases (comma-separated): sat:IN_FLIGHT:WARM:SECONDS · rate:PER_ROOM_PER_SECOND:WARM:SECONDS ·
// idle:0:0:SECONDS. A message carries its number and its time as 32 kana after "~": digits would
// look like a telephone number and Latin letters like somebody's id, and screening is on.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IBASHO, SIO, WS };
typedef struct {
  int fd, room, idx, step, ready;
  uint64_t got; // messages received since the phase began
  unsigned char *buf;
  size_t have, cap;
} conn;
typedef struct {
  uint64_t sent, heard; // messages sent; deliveries to all members
  uint32_t *order;      // message numbers in the order in which the first member to get there got them
  uint64_t known, cap;  // how much of `order` is filled
  unsigned char *seen;  // which numbers are in `order`
  uint64_t *newest;     // by sender, one more than the newest number of theirs in `order`
} room;

static int proto = IBASHO, ports[8] = {8000}, doors = 1, placed, R = 1, M = 200, opening = 64,
  senders = 16, patience = 10;
static const char *path = "/ws/rooms/%s/", *pids = "", *aux = "", *cookie_file = "", *slug = "load-%d";
static conn *C;
static room *RM;
static char **cookies;
static int N, ep, ready, failed, wrong;
static double memory_before;
static uint64_t deliveries, bytes_in, acks, refusals, total, epoch_no;
static uint64_t serial, first_serial; // of posts; the phase's first
static unsigned char *acked;          // by serial since then
static uint64_t acked_cap;
static float *lat;
static size_t nlat, caplat = 4000000;
static int sample = 1, counting;
static const char *WORDS = "こんにちは、今日は良い天気ですね。";

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}
static void die(const char *m) {
  fprintf(stderr, "generator: %s (errno %d)\n", m, errno);
  exit(2);
}
static void cut(conn *c) {
  failed++;
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
}
static void put(conn *c, const void *p, size_t n) {
  const char *q = p;
  while (n && c->fd >= 0) {
    ssize_t k = send(c->fd, q, n, MSG_NOSIGNAL);
    if (k < 0) {
      if (errno == EAGAIN) { usleep(50); continue; }
      cut(c);
      return;
    }
    q += k;
    n -= k;
  }
}
static void frame(conn *c, int op, const char *s, size_t n) { // masked with zeros
  unsigned char h[16 + 4096];
  size_t o = 0;
  h[o++] = 0x80 | op;
  if (n < 126) h[o++] = 0x80 | n;
  else { h[o++] = 0x80 | 126; h[o++] = n >> 8; h[o++] = n; }
  memset(h + o, 0, 4);
  o += 4;
  memcpy(h + o, s, n);
  put(c, h, o + n);
}
// Sixteen kana, of む to わ: three bytes each, the last of which carries four bits. No run of one kana
// for a run of zeros: that would be a flood.
static void letters(char *out, uint64_t v) {
  for (int i = 15; i >= 0; i--, v >>= 4) {
    out[3 * i] = '\xe3', out[3 * i + 1] = '\x82', out[3 * i + 2] = (char)(0x80 | ((v ^ i * 5) & 15));
  }
}
static uint64_t number(const unsigned char *q) {
  uint64_t v = 0;
  for (int i = 0; i < 16; i++) v = v << 4 | ((q[3 * i + 2] ^ i * 5) & 15);
  return v;
}

// --- opening ------------------------------------------------------------------------------------

static int door(conn *c) { return ports[(placed ? c->room : c->idx) % doors]; }
static void say(conn *c) {
  char b[1024], name[64], where[160];
  int n;
  snprintf(name, sizeof name, slug, c->room);
  if (c->step == 0) {
    if (proto == SIO) snprintf(where, sizeof where, "/socket.io/?EIO=4&transport=websocket");
    else snprintf(where, sizeof where, path, name);
    n = snprintf(b, sizeof b,
      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n", where, door(c), door(c),
      cookies ? "Cookie: seat=" : "", cookies ? cookies[c->room * M + c->idx] : "", cookies ? "\r\n" : "");
    put(c, b, n);
  } else if (c->step == 2) frame(c, 1, "40", 2);
  else if (c->step == 3) { n = snprintf(b, sizeof b, "42[\"join\",\"%s\"]", name); frame(c, 1, b, n); }
}
static const char *awaited(conn *c) {
  if (c->step == 0) return "\r\n\r\n";
  if (proto == IBASHO) return "\"type\":\"welcome\"";
  return c->step == 1 ? "0{" : c->step == 2 ? "40{" : "joined";
}
static int steps(void) { return proto == SIO ? 4 : proto == IBASHO ? 2 : 1; }

// --- hearing ------------------------------------------------------------------------------------

static void heard(conn *c, const unsigned char *q, uint64_t t) { // q: 32 kana
  uint64_t v = number(q), k = v & 0xffffffff;
  if (v >> 32 != epoch_no) return; // of an earlier phase
  room *r = &RM[c->room];
  deliveries++;
  r->heard++;
  uint64_t at = c->got++;
  if (at == r->known) {
    if (r->known == r->cap) {
      r->cap = r->cap ? r->cap * 2 : 1024;
      r->order = realloc(r->order, r->cap * sizeof *r->order);
      r->seen = realloc(r->seen, r->cap);
      memset(r->seen + r->known, 0, r->cap - r->known);
    }
    if (k >= r->sent) { wrong++; return; }
    while (k >= r->cap) {
      size_t was = r->cap;
      r->cap *= 2;
      r->order = realloc(r->order, r->cap * sizeof *r->order);
      r->seen = realloc(r->seen, r->cap);
      memset(r->seen + was, 0, r->cap - was);
    }
    if (r->seen[k]) wrong++; // doubled
    r->seen[k] = 1;
    uint64_t *newest = &r->newest[k % senders];
    if (k < *newest) wrong++; // a sender's own words turned round, for everyone alike
    *newest = k + 1;
    r->order[r->known++] = k;
  } else if (r->order[at] != k) wrong++; // lost, doubled or out of order
  if (counting && nlat < caplat && c->idx % sample == 0) lat[nlat++] = (t - number(q + 48)) / 1e6;
}
static uint64_t hex(const unsigned char *q, int n) {
  uint64_t v = 0;
  for (; n--; q++) v = v << 4 | (*q <= '9' ? *q - '0' : (*q | 32) - 'a' + 10);
  return v;
}
static void acknowledged(const unsigned char *p, size_t n) {
  static const char what[] = "\"type\":\"ack\"", mark[] = "\"nonce\":\"";
  const unsigned char *q = p, *e = p + n;
  while ((q = memmem(q, e - q, what, sizeof what - 1))) {
    q += sizeof what - 1;
    const unsigned char *at = memmem(q, e - q, mark, sizeof mark - 1);
    if (!at || e - at < 24) { wrong++; return; }
    at += sizeof mark - 1;
    uint64_t one = (hex(at, 8) << 16 | hex(at + 9, 4)) - first_serial;
    if (one >= serial - first_serial) continue; // of an earlier phase
    if (acked[one]++) wrong++; // twice
    else acks++;
  }
}
static uint64_t times(const unsigned char *p, size_t n, const char *what) {
  uint64_t found = 0;
  const unsigned char *q = p, *e = p + n;
  size_t w = strlen(what);
  while ((q = memmem(q, e - q, what, w))) { found++; q += w; }
  return found;
}
static void message(conn *c, const unsigned char *p, size_t n, uint64_t t) {
  const unsigned char *q = p, *e = p + n;
  if (proto == SIO && n == 1 && *p == '2') { frame(c, 1, "3", 1); return; }
  while ((q = memchr(q, '~', e - q))) {
    if (e - q < 97) break;
    heard(c, q + 1, t);
    q += 97;
  }
  if (proto == IBASHO) {
    if (c->idx < senders) acknowledged(p, n);
    uint64_t no = times(p, n, "\"type\":\"refused\"") + times(p, n, "\"type\":\"bye\"");
    if (no && !refusals) fprintf(stderr, "generator: %.*s\n", (int)(n > 300 ? 300 : n), p);
    refusals += no;
  }
}
static void parse(conn *c) {
  unsigned char *p = c->buf, *e = c->buf + c->have;
  uint64_t t = now();
  while (e - p >= 2) {
    size_t n = p[1] & 127, h = 2;
    if (n == 126) { if (e - p < 4) break; n = p[2] << 8 | p[3]; h = 4; }
    else if (n == 127) { if (e - p < 10) break; n = 0; for (int i = 0; i < 8; i++) n = n << 8 | p[2 + i]; h = 10; }
    if ((size_t)(e - p) < h + n) break;
    int op = p[0] & 15;
    if (op == 9) frame(c, 10, (char *)p + h, n > 125 ? 125 : n);
    else if (op == 8) { cut(c); return; }
    else message(c, p + h, n, t);
    p += h + n;
  }
  size_t left = e - p;
  if (left && p != c->buf) memmove(c->buf, p, left);
  c->have = left;
}
static void open_one(conn *c) {
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) die("socket");
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(door(c))};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (void *)&a, sizeof a) < 0) die("connect");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct linger l = {1, 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
  say(c);
}
static void greet(conn *c) {
  const char *x;
  unsigned char *q;
  c->buf[c->have] = 0;
  while (x = awaited(c), (q = memmem(c->buf, c->have, x, strlen(x)))) {
    if (c->step == 0 && memcmp(c->buf, "HTTP/1.1 101", 12)) {
      fprintf(stderr, "generator: refused: %.100s\n", c->buf);
      exit(1);
    }
    size_t used = c->step == 0 ? (size_t)(q + strlen(x) - c->buf) : 0;
    if (c->step == 0) { memmove(c->buf, c->buf + used, c->have - used); c->have -= used; }
    else if (proto == SIO) c->have = 0;
    if (++c->step == steps()) {
      c->ready = 1;
      ready++;
      parse(c);
      return;
    }
    say(c);
  }
}
static void readable(conn *c) {
  for (;;) {
    if (c->fd < 0) return;
    if (c->cap - c->have < 4096) { c->cap = c->cap ? c->cap * 2 : 8192; c->buf = realloc(c->buf, c->cap + 1); }
    ssize_t k = recv(c->fd, c->buf + c->have, c->cap - c->have, 0);
    if (k < 0 && errno == EAGAIN) return;
    if (k <= 0) { cut(c); return; }
    bytes_in += k;
    int full = (size_t)k == c->cap - c->have;
    c->have += k;
    if (c->ready) parse(c);
    else greet(c);
    if (!full) return;
  }
}
static void pump(int ms) {
  static struct epoll_event ev[1024];
  int n = epoll_wait(ep, ev, 1024, ms);
  for (int i = 0; i < n; i++) readable(ev[i].data.ptr);
}

// --- talking ------------------------------------------------------------------------------------

static void talk(int at, uint64_t stamp) {
  room *r = &RM[at];
  conn *c = &C[at * M + r->sent % senders];
  char b[512], mark[97] = {0}, nonce[37];
  letters(mark, epoch_no << 32 | r->sent);
  letters(mark + 48, stamp);
  int n;
  if (proto == IBASHO) {
    if (serial - first_serial == acked_cap) {
      acked = realloc(acked, acked_cap ? acked_cap * 2 : 65536);
      memset(acked + acked_cap, 0, acked_cap ? acked_cap : 65536);
      acked_cap = acked_cap ? acked_cap * 2 : 65536;
    }
    snprintf(nonce, sizeof nonce, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(serial >> 16),
      (unsigned)(serial & 0xffff), (unsigned)(epoch_no & 0xfff), at & 0xfff,
      (unsigned long long)(now() & 0xffffffffffffull));
    serial++;
    n = snprintf(b, sizeof b, "{\"type\":\"post\",\"nonce\":\"%s\",\"text\":\"%s~%s\"}", nonce, WORDS, mark);
  } else if (proto == SIO)
    n = snprintf(b, sizeof b, "42[\"msg\",{\"type\":\"msg\",\"text\":\"%s~%s\"}]", WORDS, mark);
  else n = snprintf(b, sizeof b, "{\"type\":\"msg\",\"text\":\"%s~%s\"}", WORDS, mark);
  r->sent++;
  total++;
  frame(c, 1, b, n);
}

// --- measuring ----------------------------------------------------------------------------------

static double cpu_of(const char *list) { // these processes and their children, in seconds
  double s = 0;
  if (!*list) return 0;
  long hz = sysconf(_SC_CLK_TCK);
  DIR *d = opendir("/proc");
  struct dirent *e;
  while ((e = readdir(d))) {
    if (e->d_name[0] < '0' || e->d_name[0] > '9') continue;
    char f[300], b[1024], l[512];
    snprintf(f, sizeof f, "/proc/%s/stat", e->d_name);
    int fd = open(f, O_RDONLY), pid = atoi(e->d_name), parent, hit = 0;
    if (fd < 0) continue;
    int n = read(fd, b, 1023);
    close(fd);
    if (n <= 0) continue;
    b[n] = 0;
    unsigned long u, k;
    char st, *q = strrchr(b, ')');
    if (!q || sscanf(q + 2, "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &st, &parent, &u, &k) != 4) continue;
    snprintf(l, sizeof l, "%s", list);
    for (char *t = strtok(l, ","); t; t = strtok(0, ",")) if (atoi(t) == pid || atoi(t) == parent) hit = 1;
    if (hit) s += (double)(u + k) / hz;
  }
  closedir(d);
  return s;
}
static double memory_of(const char *list) { // resident KB of these processes
  char l[512], f[64];
  double kb = 0;
  snprintf(l, sizeof l, "%s", list);
  for (char *t = strtok(l, ","); t; t = strtok(0, ",")) {
    long all, there = 0;
    snprintf(f, sizeof f, "/proc/%s/statm", t);
    FILE *s = fopen(f, "r");
    if (s && fscanf(s, "%ld %ld", &all, &there) == 2) kb += there * (sysconf(_SC_PAGESIZE) / 1024.0);
    if (s) fclose(s);
  }
  return kb;
}
static double own_cpu(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}
static int smaller(const void *a, const void *b) {
  float x = *(float *)a, y = *(float *)b;
  return x < y ? -1 : x > y;
}
static double at(double p) { return nlat ? lat[(size_t)(p * (nlat - 1))] : -1; }

static void phase(const char *spec) {
  char name[16] = "";
  double a = 0, warm = 0, length = 0;
  sscanf(spec, "%15[^:]:%lf:%lf:%lf", name, &a, &warm, &length);
  if (!strcmp(name, "idle")) {
    uint64_t until = now() + length * 1e9;
    while (now() < until) pump(50);
    printf("{\"phase\":\"idle\",\"kb_each\":%.2f,\"cut\":%d}\n", (memory_of(pids) - memory_before) / N, failed);
    fflush(stdout);
    return;
  }
  int sat = !strcmp(name, "sat");
  epoch_no++;
  for (int i = 0; i < R; i++) { RM[i].sent = RM[i].heard = RM[i].known = 0; if (RM[i].cap) memset(RM[i].seen, 0, RM[i].cap); memset(RM[i].newest, 0, senders * sizeof *RM[i].newest); }
  for (int i = 0; i < N; i++) C[i].got = 0;
  deliveries = total = acks = nlat = 0;
  first_serial = serial;
  if (acked_cap) memset(acked, 0, acked_cap);
  sample = sat && M >= 16 ? 16 : 1;
  uint64_t t0 = now(), tw = t0 + warm * 1e9, te = tw + length * 1e9, t, k = 0, tm = 0, d0 = 0, b0 = 0, m0 = 0;
  double own0 = 0, srv0 = 0, aux0 = 0, gap = sat ? 0 : 1e9 / (a * R);
  counting = 0;
  while ((t = now()) < te && !failed) {
    if (!counting && t >= tw) {
      counting = 1; nlat = 0; own0 = own_cpu(); srv0 = cpu_of(pids); aux0 = cpu_of(aux);
      d0 = deliveries; b0 = bytes_in; m0 = total; tm = now();
    }
    if (sat) { // closed loop: `a` messages a room in flight, by the room's average member
      for (int r = 0; r < R; r++) while (RM[r].sent * M < RM[r].heard + (uint64_t)(a * M)) talk(r, now());
      pump(1);
    } else { // open loop, each stamped with the time at which it was due
      while (t0 + (uint64_t)(k * gap) <= t) { talk(k % R, t0 + (uint64_t)(k * gap)); k++; t = now(); }
      uint64_t due = t0 + (uint64_t)(k * gap);
      int ms = due > t ? (due - t) / 1000000 : 0;
      pump(ms > 5 ? 5 : ms);
    }
  }
  t = now();
  double w = (t - tm) / 1e9, own = own_cpu() - own0, srv = cpu_of(pids) - srv0, more = cpu_of(aux) - aux0;
  double done = deliveries - d0;
  uint64_t bytes = bytes_in - b0, said = total - m0;
  counting = 0;
  for (uint64_t until = now() + patience * 1000000000ull; now() < until && (deliveries < total * M || (proto == IBASHO && acks < total));) pump(20);
  qsort(lat, nlat, sizeof *lat, smaller);
  long long lost = (long long)(total * M) - (long long)deliveries;
  long long unacked = proto == IBASHO ? (long long)total - (long long)acks : 0;
  for (int i = 0; i < R; i++) if (RM[i].known != RM[i].sent) wrong++;
  printf("{\"phase\":\"%s\",\"arg\":%g,\"rooms\":%d,\"members\":%d,\"seconds\":%.2f,\"deliveries\":%.0f,\"messages\":%llu,"
    "\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"gen_cpu\":%.3f,\"srv_cpu\":%.3f,\"aux_cpu\":%.3f,\"bytes\":%.1f,"
    "\"lost\":%lld,\"unacked\":%lld,\"wrong\":%d,\"refused\":%llu,\"cut\":%d}\n", name, a, R, M, w, done,
    (unsigned long long)said, at(.5), at(.99), at(1), own, srv, more, done ? bytes / done : 0, lost, unacked,
    wrong, (unsigned long long)refusals, failed);
  fflush(stdout);
}

int main(int argc, char **argv) {
  const char *phases = "sat:8:1:3";
  for (int i = 1; i + 1 < argc; i += 2) {
    char *k = argv[i], *v = argv[i + 1];
    if (!strcmp(k, "--proto")) proto = !strcmp(v, "ibasho") ? IBASHO : !strcmp(v, "sio") ? SIO : WS;
    else if (!strcmp(k, "--ports")) { // members take turns over them, or rooms where they are placed
      doors = 0;
      for (char *s = strtok(v, ","); s && doors < 8; s = strtok(0, ",")) ports[doors++] = atoi(s);
    }
    else if (!strcmp(k, "--placed")) placed = atoi(v);
    else if (!strcmp(k, "--path")) path = v;
    else if (!strcmp(k, "--slug")) slug = v;
    else if (!strcmp(k, "--cookies")) cookie_file = v;
    else if (!strcmp(k, "--rooms")) R = atoi(v);
    else if (!strcmp(k, "--members")) M = atoi(v);
    else if (!strcmp(k, "--opening")) opening = atoi(v);
    else if (!strcmp(k, "--senders")) senders = atoi(v);
    else if (!strcmp(k, "--patience")) patience = atoi(v); // seconds for what is on its way in the end
    else if (!strcmp(k, "--pids")) pids = v;
    else if (!strcmp(k, "--aux")) aux = v;
    else if (!strcmp(k, "--phases")) phases = v;
    else die(k);
  }
  if (senders > M) senders = M;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files = {0};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  ep = epoll_create1(0);
  N = R * M;
  C = calloc(N, sizeof *C);
  RM = calloc(R, sizeof *RM);
  for (int i = 0; i < R; i++) RM[i].newest = calloc(senders, sizeof *RM[i].newest);
  lat = malloc(caplat * sizeof *lat);
  if (*cookie_file) { // a line a connection, room by room
    FILE *f = fopen(cookie_file, "r");
    char line[256];
    if (!f) die("cookies");
    cookies = calloc(N, sizeof *cookies);
    for (int i = 0; i < N; i++) {
      if (!fgets(line, sizeof line, f)) die("too few cookies");
      line[strcspn(line, "\n")] = 0;
      cookies[i] = strdup(line);
    }
    fclose(f);
  }
  memory_before = memory_of(pids);
  uint64_t t0 = now(), last = t0;
  int opened = 0, before = 0;
  double s0 = cpu_of(pids) + cpu_of(aux);
  while (ready < N) {
    while (opened < N && opened - ready < opening) {
      C[opened].room = opened / M;
      C[opened].idx = opened % M;
      open_one(&C[opened++]);
    }
    pump(100);
    if (failed) die("a connection was cut while opening");
    if (ready != before) { before = ready; last = now(); }
    else if (now() - last > 20000000000ull) { fprintf(stderr, "generator: stuck at %d of %d\n", ready, N); exit(3); }
  }
  double w = (now() - t0) / 1e9;
  printf("{\"phase\":\"open\",\"connections\":%d,\"seconds\":%.3f,\"cpu_ms\":%.3f}\n", N, w,
    (cpu_of(pids) + cpu_of(aux) - s0) / N * 1e3);
  fflush(stdout);
  for (uint64_t until = now() + 3e8; now() < until;) pump(20);
  char *rest = 0, *all = strdup(phases);
  for (char *s = strtok_r(all, ",", &rest); s; s = strtok_r(0, ",", &rest)) phase(s);
  return failed || wrong || refusals || deliveries < total * M || (proto == IBASHO && acks < total);
}
