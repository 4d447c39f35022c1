"""Sends concern messages to municipalities by criminal-case dispatch, and sees to it that somebody opens them.

An order stands in a SQLite outbox of our own (committed and synced) before it is answered 202, and stays there until a
person has opened the dispatch or has been handed the message. A try whose answer was lost is looked up before it is made
again. Nobody is notified of a dispatch, and after 30 days its content is gone: so it is asked for, a person is warned,
and in the end the message is handed back. All of it goes on from the outbox after a crash.
"""

import base64, hashlib, http.client, json, os, signal, sqlite3, threading, time, urllib.error, urllib.request, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

env = os.environ
CHANNEL = "altinn-dispatch"
DISPATCHES = env["ALTINN_URL"] + "/dispatch/v1/dispatches"
POLL = float(env.get("POLL_MS", "900000")) / 1000
TIMEOUT = float(env.get("TIMEOUT", "60"))  # s, for one request
WARN_AFTER = float(env.get("WARN_AFTER", "129600"))  # s; a day and a half, and two working days are never shorter
RETURN_AFTER = float(env.get("RETURN_AFTER", "432000"))  # s; five days, of the thirty that the content lies there

FLAW = env.get("SENDER_FLAW", "")  # see README: planted defects, "" in production
stopping, wake = threading.Event(), threading.Event()


class Passing(Exception):
    """Not now, or not known: the same again, later."""


class Unheard(Passing):
    """No answer, or not all of one: it may have been done."""


class Refused(Exception):
    """Never, however often it is asked for."""


def log(line):
    print(line, flush=True)


def ask(method, url, headers=None, body=None):
    """An answer heard in full: status, bytes."""
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as heard:
            return heard.status, heard.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""
    except (OSError, http.client.HTTPException) as error:
        raise Unheard(f"no answer: {type(error).__name__}")


# Tokens: a grant signed with our key (RS256) for Maskinporten's token, which dispatch takes as it is.

def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rs256(message, jwk):
    n, d = (int.from_bytes(base64.urlsafe_b64decode(jwk[part] + "=="), "big") for part in ("n", "d"))
    size = (n.bit_length() + 7) // 8
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return pow(int.from_bytes(padded, "big"), d, n).to_bytes(size, "big")


class Tokens:
    text, ends = "", 0.0

    def get(self):
        if time.time() < self.ends - 10:  # Altinn allows no clock to be off
            return self.text
        now = int(time.time())
        with open(env["MASKINPORTEN_JWK_FILE"]) as file:
            jwk = json.load(file)
        head = {"alg": "RS256", "typ": "JWT", "kid": env["MASKINPORTEN_KEY_ID"]}
        claims = {"aud": env["MASKINPORTEN_ISSUER"], "iss": env["MASKINPORTEN_CLIENT_ID"], "jti": str(uuid.uuid4()),
                  "scope": " ".join(json.loads(env["MASKINPORTEN_SCOPES"])), "iat": now, "exp": now + 100}
        grant = ".".join(b64url(json.dumps(part).encode()) for part in (head, claims))
        grant += "." + b64url(rs256(grant.encode(), jwk))
        form = urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": grant}).encode()
        try:
            status, body = ask("POST", env["MASKINPORTEN_TOKEN_URL"],
                               {"content-type": "application/x-www-form-urlencoded"}, form)
        except Unheard as error:
            raise Passing(str(error))  # nothing was asked of Altinn yet
        if status != 200:
            raise Passing(f"Maskinporten answered {status}")
        granted = json.loads(body)
        self.text, self.ends = granted["access_token"], now + granted["expires_in"]
        return self.text

    def forget(self):
        self.ends = 0.0


tokens = Tokens()


def dispatch(method, path="", value=None):
    for fresh in (False, True):
        headers = {"authorization": "Bearer " + tokens.get(), "content-type": "application/json"}
        status, body = ask(method, DISPATCHES + path, headers, None if value is None else json.dumps(value).encode())
        if status < 300:
            return json.loads(body)
        if status != 401 or fresh:
            break
        tokens.forget()
    if status in (400, 404, 413):
        raise Refused(str(status))
    raise Passing(f"Altinn answered {status}")


def alarm(reason, row):
    """Whether a person is known to have been told. Says which message it is, and nothing of what is in it."""
    log(f"alarm: {reason} {row['reference']}")
    if FLAW == "silent":
        return True
    source = {"channel": CHANNEL, "id": row["dispatch"] or row["reference"], "reference": row["reference"],
              "label": row["label"]}
    value = json.dumps({"source": source, "reason": reason}).encode()
    try:
        return ask("POST", env["ALARM_URL"], {"content-type": "application/json"}, value)[0] < 300
    except Unheard:
        return False


class Outbox:
    """A row an order. Columns say what is known for certain: when it was tried, under which id it was sent, who was told."""

    def __init__(self, folder):
        self.lock = threading.Lock()
        # Where a crash or a power cut may come at any time, only what is synced is there.
        self.db = sqlite3.connect(":memory:" if FLAW == "forgets" else folder + "/outbox.db", isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("CREATE TABLE IF NOT EXISTS orders (label TEXT PRIMARY KEY, reference TEXT, body TEXT, taken REAL,"
                        " tried REAL DEFAULT 0, dispatch TEXT, sent REAL, told TEXT, ended TEXT)")

    def take(self, order):
        """The same label is the same order, however often it is given."""
        with self.lock:
            self.db.execute("INSERT OR IGNORE INTO orders (label, reference, body, taken) VALUES (?, ?, ?, ?)",
                            (order["label"], uuid.uuid4().hex, json.dumps(order), time.time()))
            return self.db.execute("SELECT reference FROM orders WHERE label = ?", (order["label"],)).fetchone()[0]

    def open(self, where="1"):
        with self.lock:
            return self.db.execute(f"SELECT label, reference, taken, tried, dispatch, sent, told FROM orders WHERE ended IS"
                                   f" NULL AND {where} ORDER BY tried, taken").fetchall()

    def body(self, row):
        with self.lock:
            return json.loads(self.db.execute("SELECT body FROM orders WHERE label = ?", (row["label"],)).fetchone()[0])

    def set(self, row, **columns):
        with self.lock:
            self.db.execute(f"UPDATE orders SET {', '.join(f'{name} = ?' for name in columns)} WHERE label = ?",
                            (*columns.values(), row["label"]))


class Sender:
    def __init__(self, outbox):
        self.outbox = outbox

    def run(self):
        while not stopping.is_set():
            for step in (self.look_up, self.send, self.watch, self.see_to_people):
                try:
                    step()
                except Passing as error:
                    log(f"{step.__name__}: {error}")
                except Exception as error:  # the other steps go on, and this one the next time
                    log(f"{step.__name__}: {type(error).__name__}")
            wake.wait(POLL)
            wake.clear()

    def look_up(self):
        """What was tried and not heard of may have been sent."""
        self.unsure = {row["label"] for row in self.outbox.open("dispatch IS NULL AND tried > 0")}
        if not self.unsure or FLAW == "sends-again":
            return self.unsure.clear()
        found = {each.get("reference"): each["dispatchId"] for each in dispatch("GET")["dispatches"]}
        for row in self.outbox.open("dispatch IS NULL AND tried > 0"):
            if row["reference"] in found:
                self.outbox.set(row, dispatch=found[row["reference"]], sent=row["tried"])
        self.unsure.clear()

    def send(self):
        """Those tried longest ago first. Where nothing is heard the rest wait: each would take as long."""
        for row in self.outbox.open("dispatch IS NULL"):
            if stopping.is_set() or row["label"] in self.unsure:
                continue
            order = self.outbox.body(row)
            del order["label"]
            self.outbox.set(row, tried=time.time())
            try:
                sent = dispatch("POST", "", {**order, "reference": row["reference"], "title": "Bekymringsmelding"})
                self.outbox.set(row, dispatch=sent["dispatchId"], sent=time.time())
            except Refused as refused:
                self.hand_back(row, f"returned:refused-{refused}")
            except Unheard:
                raise
            except Passing as error:
                log(f"{row['reference']}: {error}")

    def watch(self):
        """What is no longer on the list of the unopened is asked for: only a time of opening says that somebody has it."""
        rows = self.outbox.open("dispatch IS NOT NULL")
        if not rows:
            return
        unopened = {each["dispatchId"] for each in dispatch("GET", "?unopened=true")["dispatches"]
                    if each["state"] == "sent"}
        for row in rows:
            if row["dispatch"] in unopened:
                continue
            try:
                now = dispatch("GET", "/" + row["dispatch"])
            except Refused as refused:
                self.hand_back(row, f"returned:not-there-{refused}")
                continue
            if now.get("openedAt"):
                self.outbox.set(row, ended="opened", body=None)
            elif now["state"] == "contentDeleted":
                self.hand_back(row, "returned:content-deleted")

    def see_to_people(self):
        for row in self.outbox.open():
            now = time.time()
            if now - (row["sent"] or row["taken"]) >= RETURN_AFTER:
                self.hand_back(row, "returned:not-opened" if row["dispatch"] else "returned:not-sent")
            elif now - row["taken"] >= WARN_AFTER:
                what = "not-opened-yet" if row["dispatch"] else "not-sent-yet"
                if row["told"] != what and alarm(what, row):
                    self.outbox.set(row, told=what)

    def hand_back(self, row, reason):
        """From here on a person sees to it; our copy stays for them."""
        if alarm(reason, row):
            self.outbox.set(row, told=reason, ended="returned")


class Orders(BaseHTTPRequestHandler):
    outbox = None
    timeout = 30

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            order = json.loads(body)
            understood = isinstance(order["label"], str) and order["recipient"]["organizationNumber"] and order["parts"]
        except (ValueError, KeyError, TypeError):
            understood = False
        if not understood:
            return self.answer(400)
        try:
            reference = self.outbox.take(order)
        except sqlite3.Error as error:
            log(f"not stored: {type(error).__name__}")
            return self.answer(503)
        self.answer(202, {"reference": reference})
        wake.set()

    def answer(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked_to_stop, lambda *_: (stopping.set(), wake.set()))
    place = urlsplit(env["LISTEN_AT"])
    Orders.outbox = Outbox(env["DATA_FOLDER"])
    server = ThreadingHTTPServer((place.hostname, place.port), Orders)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Sender(Orders.outbox).run()
