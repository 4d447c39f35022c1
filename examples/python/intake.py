"""Reads the mail of a municipality in Altinn Correspondence and files each message with the case system.

A message goes into a SQLite inbox of our own first (committed and synced), then to the case system; only then is it
confirmed and marked as read. Whatever fails is tried again with growing pauses, from the inbox after a restart. What
can never be filed, and what waits too long, is put on the case system's worklist, or told to the alarm webhook.
"""

import base64, hashlib, http.client, json, os, re, signal, sqlite3, threading, time, urllib.error, urllib.request, uuid
from urllib.parse import quote, urlencode

env = os.environ
CHANNEL = "altinn-correspondence"
ALTINN = env["ALTINN_URL"] + "/correspondence/api/v1/correspondence"
CASES = env["CASE_SYSTEM_URL"] + "/intake/v1"
CASES_KEY = {"authorization": "Bearer " + env["CASE_SYSTEM_KEY"]}
RECIPIENTS = {each["organizationNumber"]: each for each in json.loads(env["RECIPIENTS"])}
POLL = float(env.get("POLL_MS", "900000")) / 1000
MAX_RETRY = float(env.get("MAX_RETRY", "3600"))  # s, the longest pause before a message is tried again
TIMEOUT = float(env.get("TIMEOUT", "60"))  # s, for one request
WARN_AFTER = float(env.get("WARN_AFTER", "86400"))  # s, then a person hears of what is not done
LOOK_BACK = 90 * 86400  # s; a list goes by the time publication was asked for, which may be long past
LIST_CAP = 1000  # a list holds no more and has no second page
MOST_DOWNLOADS = 5  # of a file that comes whole and has the wrong checksum
INLINE = 10_000_000  # bytes of documents that go into the registration itself
STANDING = re.compile(r"^(status.*|read|notifications?)$")  # fields that change while a message lies there

FLAW = env.get("INTAKE_FLAW", "")  # see README: planted defects, "" in production
stopping = threading.Event()


class Passing(Exception):
    """Not now, or not known: the same again, later."""

    def __init__(self, why, retry_after="0"):
        super().__init__(why)
        self.pause = float(retry_after) if (retry_after or "").isdigit() else 0


class NoRight(Passing):
    """The token is good, and what it is used for is not allowed."""


class Refused(Exception):
    """Never, however often it is asked for."""


def log(line):
    print(line, flush=True)


def ask(method, url, headers=None, body=None):
    """An answer heard in full: status, headers, bytes."""
    asked = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as heard:
            return heard.status, heard.headers, heard.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
    except (OSError, http.client.HTTPException) as error:
        raise Passing(f"no answer: {type(error).__name__}")


def ask_json(method, url, headers, value):
    return ask(method, url, {**headers, "content-type": "application/json"}, json.dumps(value).encode())


def passing(status):
    return status < 400 or status >= 500 or status in (401, 408, 423, 429)


# Tokens: a grant signed with our key (RS256) for Maskinporten's token, and that for Altinn's.

def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def rs256(message, jwk):
    n, d = (int.from_bytes(unb64url(jwk[part]), "big") for part in ("n", "d"))
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
        status, _, body = ask("POST", env["MASKINPORTEN_TOKEN_URL"],
                              {"content-type": "application/x-www-form-urlencoded"}, form)
        if status != 200:
            raise Passing(f"Maskinporten answered {status}")
        bearer = {"authorization": "Bearer " + json.loads(body)["access_token"]}
        status, _, body = ask("GET", env["ALTINN_URL"] + "/authentication/api/v1/exchange/maskinporten", bearer)
        if status != 200:
            raise Passing(f"Altinn's token exchange answered {status}")
        self.text = body.decode().strip().strip('"')
        self.ends = json.loads(unb64url(self.text.split(".")[1]))["exp"]
        return self.text

    def forget(self):
        self.ends = 0.0


tokens = Tokens()


def altinn(method, path):
    for fresh in (False, True):
        status, headers, body = ask(method, ALTINN + path, {"authorization": "Bearer " + tokens.get()})
        if status < 300:
            return headers, body
        # A lost right is answered with 401 as well; another token is no help then.
        if status == 403 or (status == 401 and b"04001" in body):
            raise NoRight("no right")
        if status != 401 or fresh:
            break
        tokens.forget()
    if passing(status):
        raise Passing(f"Altinn answered {status}", headers.get("retry-after"))
    raise Refused(f"altinn-refused:{status}")


# People: the worklist of the case system, and where that cannot be reached the alarm.

def tell(reason, id=None, retrievable=False):
    """Whether somebody is known to have been told. Says which message it is, and nothing of what is in it."""
    reason = re.sub(r"[^a-z0-9:.-]", "-", reason.lower())[:80]
    log(f"deviation: {reason} {id or ''}")
    if FLAW == "silent":
        return True
    what = {"source": {"channel": CHANNEL, **({"id": id} if id else {})}, "reason": reason}
    for url, value in ((CASES + "/deviations", {**what, "retrievable": retrievable}), (env["ALARM_URL"], what)):
        try:
            status, _, _ = ask_json("POST", url, CASES_KEY if url.startswith(CASES) else {}, value)
            if status < 300:
                return True
        except Passing:
            pass
    return False


class Inbox:
    """What we have taken on, and how far each message has come: new, stored, done; or aside, for a person."""

    def __init__(self, folder):
        self.db = sqlite3.connect(os.path.join(folder, "inbox.db"), isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA synchronous = EXTRA")
        self.db.executescript("""
            CREATE TABLE IF NOT EXISTS messages (
                id TEXT PRIMARY KEY, since REAL, state TEXT DEFAULT 'new', overview TEXT, reason TEXT, told TEXT,
                whole INT DEFAULT 0, registered INT DEFAULT 0, confirmed INT DEFAULT 0);
            CREATE TABLE IF NOT EXISTS files (id TEXT, nth INT, name TEXT, content BLOB, PRIMARY KEY (id, nth));""")

    def note(self, id):
        self.db.execute("INSERT OR IGNORE INTO messages (id, since) VALUES (?, ?)", (id, time.time()))

    def open(self):
        """What is not done with, and what is aside and has not been told."""
        return self.db.execute("SELECT * FROM messages WHERE state IN ('new', 'stored')"
                               " OR (state = 'aside' AND told IS NOT reason) ORDER BY since, rowid").fetchall()

    def get(self, id):
        return self.db.execute("SELECT * FROM messages WHERE id = ?", (id,)).fetchone()

    def set(self, id, **columns):
        names = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(f"UPDATE messages SET {names} WHERE id = ?", (*columns.values(), id))

    def keep(self, id, overview, files, **columns):
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            self.db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                                [(id, nth, name, content) for nth, (name, content) in enumerate(files)])
            self.set(id, overview=json.dumps(overview), **columns)

    def files(self, id):
        return self.db.execute("SELECT name, content FROM files WHERE id = ? ORDER BY nth", (id,)).fetchall()

    def done(self, id):
        """The case system has it now: no content stays here."""
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            self.db.execute("DELETE FROM files WHERE id = ?", (id,))
            self.set(id, state="done", overview=None)


class Intake:
    def __init__(self, inbox):
        self.inbox = inbox
        self.pauses = {}  # id: (tried next at, pause after that)
        self.damaged = {}  # attachment: how often it came with another checksum
        self.told = set()  # places whose trouble people have been told of
        self.heard = {}  # place: when its list was last heard

    def run(self):
        places = [(resource, number) for number, each in RECIPIENTS.items() for kind, resource
                  in each["altinn"]["resourceIds"].items() if kind != "broker"]
        while not stopping.is_set():
            for place in places:
                self.poll(*place)
            for message in self.inbox.open():
                if not stopping.is_set():
                    self.attempt(message)
            stopping.wait(30 * WARN_AFTER if FLAW == "seldom" else POLL)

    def poll(self, resource, number):
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - LOOK_BACK))
        query = urlencode({"resourceId": resource, "role": "Recipient", "from": since,
                           "onBehalfOf": "urn:altinn:organization:identifier-no:" + number})
        place = f"{resource}:{number}"
        heard = self.heard.setdefault(place, time.time())
        try:
            ids = json.loads(altinn("GET", "?" + query)[1])["ids"]
        except NoRight:
            return self.trouble("no-right", place)
        except (Passing, Refused, ValueError, KeyError) as error:
            log(f"list of {place}: {error}")
            if time.time() - heard >= WARN_AFTER:
                self.trouble("list-not-heard", place)
            return
        self.heard[place] = time.time()
        self.told -= {f"{what}:{place}" for what in ("no-right", "list-not-heard")}
        if len(ids) >= LIST_CAP:
            self.trouble("list-full", place)
        for id in reversed(ids):  # the oldest first
            self.inbox.note(id)

    def trouble(self, what, place):
        name = f"{what}:{place}"
        if name not in self.told and tell(name):
            self.told.add(name)

    def attempt(self, message):
        id = message["id"]
        at, pause = self.pauses.get(id, (0, POLL))
        if time.monotonic() < at or (FLAW == "forgets" and id in self.pauses):
            return
        try:
            if message["state"] == "aside":
                self.hand_over(id)
            else:
                self.advance(message)
            self.pauses.pop(id, None)
            return
        except Refused as refused:
            self.inbox.set(id, state="aside", reason=str(refused))
            return self.hand_over(id)
        except Passing as error:
            log(f"{id}: {error}")
            wanted = error.pause
        except Exception as error:  # one message must not stop the others
            log(f"{id}: {type(error).__name__}")
            wanted = 0
        self.pauses[id] = (time.monotonic() + min(max(pause, wanted), MAX_RETRY), min(2 * pause, MAX_RETRY))
        if time.time() - message["since"] >= WARN_AFTER:
            self.warn(id)

    def advance(self, message):
        """As far as it goes just now. Every step may have been done before, and heard of or not."""
        id, late = message["id"], None
        if message["state"] == "new":
            self.fetch(id)
        row = self.inbox.get(id)
        overview = json.loads(row["overview"])
        if not row["registered"]:
            try:
                self.register(id, overview)
                self.inbox.set(id, registered=1)
            except Passing as error:
                late = error  # it stands in our inbox: its sender need not wait
        if overview.get("isConfirmationNeeded") and not row["confirmed"]:
            self.confirm(id)
            self.inbox.set(id, confirmed=1)
        if late:
            raise late
        try:
            altinn("POST", f"/{id}/markasread")
        except Refused:
            pass  # it is marked already
        self.inbox.done(id)

    def fetch(self, id):
        overview = json.loads(altinn("GET", f"/{id}")[1])
        if FLAW == "confirms-first" and overview.get("isConfirmationNeeded"):
            altinn("POST", f"/{id}/confirm")
        content, files = overview["content"], []
        try:
            for each in content.get("attachments") or []:
                files.append((each.get("fileName") or each.get("displayName") or "", self.download(id, each)))
            if not content.get("messageBody"):
                content["messageBody"] = altinn("GET", f"/{id}/content")[1].decode()
        except Refused:
            self.inbox.keep(id, overview, files)  # what there is of it, for a person
            raise
        self.inbox.keep(id, overview, files, state="stored", whole=1)

    def download(self, id, attachment):
        headers, content = altinn("GET", f"/{id}/attachment/{quote(attachment['id'])}/download")
        length, checksum = headers.get("content-length"), attachment.get("checksum")
        if length and int(length) != len(content):
            raise Passing("a file broke off")
        if checksum and hashlib.md5(content).hexdigest() != checksum.lower():
            tries = self.damaged[attachment["id"]] = self.damaged.get(attachment["id"], 0) + 1
            raise Refused("attachment-damaged") if tries >= MOST_DOWNLOADS else Passing("a file has another checksum")
        return content

    def register(self, id, overview):
        municipality, district = addressed(overview)
        documents, inline = [], 0
        for name, content in self.inbox.files(id):
            sha = hashlib.sha256(content).hexdigest()
            document = {"name": name, "mediaType": "application/pdf" if name.endswith(".pdf")
                        else "application/octet-stream", "sha256": sha}
            inline += len(content)
            if inline > INLINE:
                judge(*ask("PUT", f"{CASES}/documents/{sha}", CASES_KEY, content))
                documents.append({**document, "uploaded": True})
            else:
                documents.append({**document, "contentBase64": base64.b64encode(content).decode()})
        message = {"source": {"channel": CHANNEL, "id": id, "sameAs": {"correspondenceId": id}},
                   "recipient": {"municipalityNumber": municipality, "district": district},
                   "type": overview["resourceId"], "confidential": overview.get("isConfidential") is True,
                   "receivedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "documents": documents,
                   "payload": unchanging(overview)}
        key = {**CASES_KEY, "idempotency-key": f"{CHANNEL}:{id}"}
        # 202 is not registered, only queued in memory: the same again, until it says more.
        judge(*ask_json("POST", CASES + "/messages", key, message))

    def confirm(self, id):
        """Accepted is not confirmed yet, and a repeat is refused: only the history tells."""
        try:
            history = json.loads(altinn("GET", f"/{id}/details")[1])["statusHistory"]
            if any(each["status"] == "Confirmed" for each in history):
                return
            altinn("POST", f"/{id}/confirm")
        except Refused as refused:
            raise Passing(str(refused))
        raise Passing("confirmed, and not noted yet")

    def warn(self, id):
        row = self.inbox.get(id)
        what = "not-read-yet" if row["state"] == "new" else "not-registered-yet"
        if row["registered"]:
            what = "not-confirmed-yet"
        if row["told"] != what and tell(what, id, retrievable=True):
            self.inbox.set(id, told=what)

    def hand_over(self, id):
        """To a person: what is aside stays in the inbox."""
        row = self.inbox.get(id)
        if tell(row["reason"], id, retrievable=row["whole"] == 1):
            self.inbox.set(id, told=row["reason"])


def judge(status, headers, _):
    """What the case system answered to something that is to be stored."""
    if status in (200, 201):
        return
    if passing(status):
        raise Passing(f"the case system answered {status}", headers.get("retry-after"))
    raise Refused(f"case-system-refused:{status}")


def addressed(overview):
    """Municipality and district; without a district it goes to the first."""
    ours = RECIPIENTS.get(str(overview.get("recipient"))[-9:])
    named = overview.get("propertyList") or {}
    if ours is None:
        raise Refused("other-recipient")
    if named.get("kommunenummer", ours["municipalityNumber"]) != ours["municipalityNumber"]:
        raise Refused("other-municipality")
    numbers = [each["number"] for each in ours["districts"]]
    district = named.get("bydelsnummer") or "00"
    if district == "00":
        district = numbers[0]
    if district not in numbers:
        raise Refused("other-district")
    return ours["municipalityNumber"], district


def unchanging(fields):
    """The same message is the same content, whenever it is asked for."""
    kept = {name: value for name, value in fields.items() if not STANDING.match(name)}
    if "content" in kept:
        attachments = [unchanging(each) for each in kept["content"].get("attachments") or []]
        kept["content"] = {**kept["content"], "attachments": attachments}
    return kept


if __name__ == "__main__":
    for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked_to_stop, lambda *_: stopping.set())
    Intake(Inbox(env["DATA_FOLDER"])).run()
