import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.*;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.*;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.*;
import java.security.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.*;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.concurrent.*;

/**
 * Reads the mail of a municipality in Altinn Correspondence and files each message with the case system.
 *
 * A message goes into an inbox of our own first (files, synced to disk), then to the case system; only then is it
 * confirmed and marked as read. Whatever fails is tried again with growing pauses, from the inbox after a restart. What
 * can never be filed, and what waits too long, is put on the case system's worklist, or told to the alarm webhook.
 */
public class Intake {
  static final Map<String, String> env = System.getenv();
  static final String channel = "altinn-correspondence";
  static final String altinn = env.get("ALTINN_URL") + "/correspondence/api/v1/correspondence";
  static final String cases = env.get("CASE_SYSTEM_URL") + "/intake/v1";
  static final String casesKey = "Bearer " + env.get("CASE_SYSTEM_KEY");
  static final List<Object> recipients = Json.list(Json.read(env.get("RECIPIENTS")));
  static final long pollMs = Long.parseLong(env.getOrDefault("POLL_MS", "900000"));
  static final long maxRetryMs = seconds("MAX_RETRY", 3600); // the longest pause before a message is tried again
  static final long timeoutMs = seconds("TIMEOUT", 60); // for one request
  static final long warnAfterMs = seconds("WARN_AFTER", 86400); // then a person hears of what is not done
  static final Duration lookBack = Duration.ofDays(90); // a list goes by the time publication was asked for
  static final int listCap = 1000; // a list holds no more and has no second page
  static final int mostDownloads = 5; // of a file that comes whole and has the wrong checksum
  static final long mostInline = 10_000_000; // bytes of documents that go into the registration itself
  static final String flaw = env.getOrDefault("INTAKE_FLAW", ""); // see README: planted defects, "" in production

  static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  static final CountDownLatch stopping = new CountDownLatch(1);

  public static void main(String[] arguments) throws Exception {
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      stopping.countDown();
      try {
        main.join(5000); // what is under way ends first
      } catch (InterruptedException ended) {
        // It begins again from the inbox.
      }
      Runtime.getRuntime().halt(0);
    }));
    new Intake(Path.of(env.get("DATA_FOLDER"))).run();
  }

  static long seconds(String name, long otherwise) {
    return (long) (Double.parseDouble(env.getOrDefault(name, "" + otherwise)) * 1000);
  }

  static void log(String line) {
    System.out.println(line);
  }

  /** Not now, or not known: the same again, later. */
  static class Passing extends Exception {
    final long pauseMs;

    Passing(String why, long pauseMs) {
      super(why);
      this.pauseMs = pauseMs;
    }

    Passing(String why) {
      this(why, 0);
    }
  }

  /** The token is good, and what it is used for is not allowed. */
  static class NoRight extends Passing {
    NoRight() {
      super("no right");
    }
  }

  /** Never, however often it is asked for. */
  static class Refused extends Exception {
    Refused(String reason) {
      super(reason);
    }
  }

  record Answer(int status, HttpHeaders headers, byte[] body) {
    boolean isPassing() {
      return status < 400 || status >= 500 || Set.of(401, 408, 423, 429).contains(status);
    }

    Passing passing(String who) {
      String after = headers.firstValue("retry-after").orElse("");
      return new Passing(who + " answered " + status, after.matches("\\d{1,6}") ? Long.parseLong(after) * 1000 : 0);
    }

    String text() {
      return new String(body, UTF_8);
    }

    Map<String, Object> json() {
      return Json.map(Json.read(text()));
    }
  }

  /** An answer heard in full, in time. */
  static Answer ask(String method, String url, byte[] body, String... headers) throws Passing {
    var content = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
    var request = HttpRequest.newBuilder(URI.create(url)).method(method, content).headers(headers).build();
    // HttpRequest's own timeout ends with the headers: a body that never comes would be waited for, for ever.
    var heard = http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    try {
      var answer = heard.get(timeoutMs, TimeUnit.MILLISECONDS);
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (ExecutionException | TimeoutException | InterruptedException error) {
      heard.cancel(true);
      throw new Passing("no answer: " + error.getClass().getSimpleName());
    }
  }

  static Answer askJson(String url, Object value, String... headers) throws Passing {
    List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
    all.addAll(List.of(headers));
    return ask("POST", url, Json.write(value).getBytes(UTF_8), all.toArray(String[]::new));
  }

  /** What the case system answered to something that is to be stored. */
  static void judge(Answer answer) throws Passing, Refused {
    if (answer.status() == 200 || answer.status() == 201) return;
    if (answer.isPassing()) throw answer.passing("the case system");
    throw new Refused("case-system-refused:" + answer.status());
  }

  static Answer askAltinn(String method, String path) throws Passing, Refused {
    for (boolean fresh = false;; fresh = true) {
      Answer answer = ask(method, altinn + path, null, "Authorization", "Bearer " + Tokens.get());
      if (answer.status() < 300) return answer;
      // A lost right is answered with 401 as well; another token is no help then.
      if (answer.status() == 403 || (answer.status() == 401 && answer.text().contains("04001"))) throw new NoRight();
      if (answer.status() == 401 && !fresh) Tokens.ends = 0;
      else if (answer.isPassing()) throw answer.passing("Altinn");
      else throw new Refused("altinn-refused:" + answer.status());
    }
  }

  /** A grant signed with our key (RS256) for Maskinporten's token, and that for Altinn's. */
  static class Tokens {
    static String text = "";
    static long ends = 0;

    static String get() throws Passing {
      long now = Instant.now().getEpochSecond();
      if (now < ends - 10) return text; // Altinn allows no clock to be off
      String form = "grant_type=" + encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + grant(now);
      Answer answer = ask("POST", env.get("MASKINPORTEN_TOKEN_URL"), form.getBytes(UTF_8),
          "Content-Type", "application/x-www-form-urlencoded");
      if (answer.status() != 200) throw answer.passing("Maskinporten");
      answer = ask("GET", env.get("ALTINN_URL") + "/authentication/api/v1/exchange/maskinporten", null,
          "Authorization", "Bearer " + answer.json().get("access_token"));
      if (answer.status() != 200) throw answer.passing("Altinn's token exchange");
      text = answer.text().strip().replace("\"", "");
      String claims = new String(Base64.getUrlDecoder().decode(text.split("\\.")[1]), UTF_8);
      ends = ((Number) Json.map(Json.read(claims)).get("exp")).longValue();
      return text;
    }

    static String grant(long now) {
      try {
        String pem = Files.readString(Path.of(env.get("MASKINPORTEN_KEY_FILE"))).replaceAll("-----[^-]+-----|\\s", "");
        String signed = part(Json.object("alg", "RS256", "typ", "JWT", "kid", env.get("MASKINPORTEN_KEY_ID"))) + "."
            + part(Json.object("aud", env.get("MASKINPORTEN_ISSUER"), "iss", env.get("MASKINPORTEN_CLIENT_ID"),
                "scope", String.join(" ", Json.texts(Json.read(env.get("MASKINPORTEN_SCOPES")))),
                "iat", now, "exp", now + 100, "jti", UUID.randomUUID().toString()));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
        signature.update(signed.getBytes(UTF_8));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
      } catch (IOException | GeneralSecurityException error) {
        throw new IllegalStateException("The key of the Maskinporten client cannot be used.", error);
      }
    }

    static String part(Object value) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(value).getBytes(UTF_8));
    }
  }

  /**
   * Tells people: on the worklist of the case system, and where that cannot be reached by the alarm. Says which message
   * it is, and nothing of what is in it.
   *
   * @return Whether somebody is known to have been told.
   */
  static boolean tell(String what, String id, boolean retrievable) {
    String lower = what.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9:.-]", "-");
    String reason = lower.substring(0, Math.min(80, lower.length()));
    log("deviation: " + reason + " " + (id == null ? "" : id));
    if (flaw.equals("silent")) return true;
    var source = id == null ? Json.object("channel", channel) : Json.object("channel", channel, "id", id);
    var deviation = Json.object("source", source, "reason", reason, "retrievable", retrievable);
    try {
      if (askJson(cases + "/deviations", deviation, "Authorization", casesKey).status() < 300) return true;
    } catch (Passing unheard) {
      log("the worklist: " + unheard.getMessage());
    }
    try {
      return askJson(env.get("ALARM_URL"), Json.object("source", source, "reason", reason)).status() < 300;
    } catch (Passing unheard) {
      return false;
    }
  }

  /** One folder a message, one file a fact: how far it has come stands there, and what it says. All is synced. */
  record Message(Path folder) {
    String id() {
      return folder.getFileName().toString();
    }

    boolean is(String fact) {
      return Files.exists(folder.resolve(fact));
    }

    String get(String fact) throws IOException {
      return is(fact) ? Files.readString(folder.resolve(fact)) : "";
    }

    void set(String fact, String content) throws IOException {
      set(fact, content.getBytes(UTF_8));
    }

    void set(String fact, byte[] content) throws IOException {
      Path draft = folder.resolve(fact + ".new");
      try (var file = FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING)) {
        for (var left = ByteBuffer.wrap(content); left.hasRemaining();) file.write(left);
        file.force(true);
      }
      Files.move(draft, folder.resolve(fact), StandardCopyOption.ATOMIC_MOVE);
      sync(folder);
    }

    long ageMs() throws IOException {
      return System.currentTimeMillis() - Long.parseLong(get("since"));
    }

    Map<String, Object> overview() throws IOException {
      return Json.map(Json.read(get("overview")));
    }

    /** The case system has it now: no content stays here. */
    void done() throws IOException {
      set("done", "");
      try (var content = Files.newDirectoryStream(folder, "{overview,file-*}")) {
        for (Path each : content) Files.delete(each);
      }
    }
  }

  static void sync(Path folder) throws IOException {
    try (var opened = FileChannel.open(folder, READ)) {
      opened.force(true);
    }
  }

  final Path inbox;
  final Map<String, long[]> pauses = new HashMap<>(); // id: tried next at, and the pause after that, ms
  final Map<String, Integer> damaged = new HashMap<>(); // attachment: how often it came with another checksum
  final Set<String> told = new HashSet<>(); // places whose trouble people have been told of
  final Map<String, Long> heard = new HashMap<>(); // place: when its list was last heard

  Intake(Path data) throws IOException {
    inbox = Files.createDirectories(data.resolve("inbox"));
    sync(data);
  }

  void run() throws Exception {
    do {
      for (Object each : recipients) {
        var ours = Json.map(each);
        for (var resource : Json.map(Json.map(ours, "altinn"), "resourceIds").entrySet())
          if (!resource.getKey().equals("broker"))
            poll((String) resource.getValue(), (String) ours.get("organizationNumber"));
      }
      for (Message message : open()) if (isRunning()) attempt(message);
    } while (!stopping.await(flaw.equals("seldom") ? 30 * warnAfterMs : pollMs, TimeUnit.MILLISECONDS));
  }

  static boolean isRunning() {
    return stopping.getCount() > 0;
  }

  /** What is not done with, and what is aside and has not been told; the oldest first. */
  List<Message> open() throws IOException {
    var all = new TreeMap<String, Message>();
    try (var found = Files.newDirectoryStream(inbox)) {
      for (Path each : found) {
        var message = new Message(each);
        if (message.is("since") && !message.is("done")) all.put(message.get("since") + message.id(), message);
      }
    }
    return List.copyOf(all.values());
  }

  void note(String id) throws IOException {
    var message = new Message(inbox.resolve(id));
    if (message.is("since")) return;
    Files.createDirectories(message.folder());
    sync(inbox);
    message.set("since", "" + System.currentTimeMillis());
  }

  void poll(String resource, String organization) throws IOException {
    String place = resource + ":" + organization;
    long nowMs = System.currentTimeMillis();
    heard.putIfAbsent(place, nowMs);
    try {
      var ids = Json.texts(askAltinn("GET", "?role=Recipient&resourceId=" + encoded(resource)
          + "&from=" + Instant.now().minus(lookBack).truncatedTo(ChronoUnit.SECONDS)
          + "&onBehalfOf=" + encoded("urn:altinn:organization:identifier-no:" + organization)).json().get("ids"));
      heard.put(place, nowMs);
      told.removeAll(Set.of("no-right:" + place, "list-not-heard:" + place));
      if (ids.size() >= listCap) trouble("list-full:" + place);
      for (int nth = ids.size(); nth-- > 0;) note(ids.get(nth)); // the oldest first
    } catch (NoRight lost) {
      trouble("no-right:" + place);
    } catch (Passing | Refused | RuntimeException unheard) {
      log("list of " + place + ": " + reasonOf(unheard));
      if (nowMs - heard.get(place) >= warnAfterMs) trouble("list-not-heard:" + place);
    }
  }

  void trouble(String what) {
    if (!told.contains(what) && tell(what, null, false)) told.add(what);
  }

  /** What went wrong; nothing of a message's content. */
  static String reasonOf(Exception error) {
    return error instanceof Passing || error instanceof Refused ? error.getMessage() : error.getClass().getSimpleName();
  }

  void attempt(Message message) throws IOException {
    String id = message.id();
    long[] pause = pauses.getOrDefault(id, new long[] {0, pollMs});
    if (System.currentTimeMillis() < pause[0] || (flaw.equals("forgets") && pauses.containsKey(id))) return;
    try {
      if (!message.is("aside")) advance(message);
      else if (!message.get("told").equals(message.get("aside"))) handOver(message);
      pauses.remove(id);
    } catch (Refused refused) {
      message.set("aside", refused.getMessage());
      handOver(message);
    } catch (Passing | RuntimeException error) { // one message must not stop the others
      log(id + ": " + reasonOf(error));
      long wanted = error instanceof Passing passing ? passing.pauseMs : 0;
      long nextMs = System.currentTimeMillis() + Math.min(Math.max(pause[1], wanted), maxRetryMs);
      pauses.put(id, new long[] {nextMs, Math.min(2 * pause[1], maxRetryMs)});
      if (message.ageMs() >= warnAfterMs) warn(message);
    }
  }

  /** As far as it goes just now. Every step may have been done before, and heard of or not. */
  void advance(Message message) throws IOException, Passing, Refused {
    if (!message.is("stored")) fetch(message);
    var overview = message.overview();
    Passing late = null;
    if (!message.is("registered")) {
      try {
        register(message, overview);
        message.set("registered", "");
      } catch (Passing passing) {
        late = passing; // it stands in our inbox: its sender need not wait
      }
    }
    if (overview.get("isConfirmationNeeded") == Boolean.TRUE && !message.is("confirmed")) {
      confirm(message.id());
      message.set("confirmed", "");
    }
    if (late != null) throw late;
    try {
      askAltinn("POST", "/" + message.id() + "/markasread");
    } catch (Refused already) {
      // It is marked.
    }
    message.done();
  }

  void fetch(Message message) throws IOException, Passing, Refused {
    String id = message.id();
    var overview = askAltinn("GET", "/" + id).json();
    if (flaw.equals("confirms-first") && overview.get("isConfirmationNeeded") == Boolean.TRUE)
      askAltinn("POST", "/" + id + "/confirm");
    var content = Json.map(overview, "content");
    message.set("overview", Json.write(overview)); // what there is of it, for a person
    int nth = 0;
    for (Object each : Json.list(content.get("attachments")))
      message.set("file-" + nth++, download(id, Json.map(each)));
    if (Json.text(content, "messageBody").isEmpty())
      content.put("messageBody", askAltinn("GET", "/" + id + "/content").text());
    message.set("overview", Json.write(overview));
    message.set("stored", "");
  }

  byte[] download(String id, Map<String, Object> attachment) throws Passing, Refused {
    String its = Json.text(attachment, "id");
    byte[] content = askAltinn("GET", "/" + id + "/attachment/" + encoded(its) + "/download").body(); // all of it
    String checksum = Json.text(attachment, "checksum");
    if (!checksum.isEmpty() && !hash("MD5", content).equalsIgnoreCase(checksum)) {
      if (damaged.merge(its, 1, Integer::sum) >= mostDownloads) throw new Refused("attachment-damaged");
      throw new Passing("a file has another checksum");
    }
    return content;
  }

  void register(Message message, Map<String, Object> overview) throws IOException, Passing, Refused {
    String id = message.id();
    String[] address = addressOf(overview);
    List<Object> documents = new ArrayList<>();
    long inline = 0;
    for (Object each : Json.list(Json.map(overview, "content").get("attachments"))) {
      byte[] content = Files.readAllBytes(message.folder().resolve("file-" + documents.size()));
      String sha = hash("SHA-256", content);
      String name = Json.text(Json.map(each), "fileName");
      var document = Json.object("name", name, "sha256", sha,
          "mediaType", name.endsWith(".pdf") ? "application/pdf" : "application/octet-stream");
      inline += content.length;
      if (inline > mostInline) {
        judge(ask("PUT", cases + "/documents/" + sha, content, "Authorization", casesKey));
        document.put("uploaded", true);
      } else document.put("contentBase64", Base64.getEncoder().encodeToString(content));
      documents.add(document);
    }
    var intake = Json.object(
        "source", Json.object("channel", channel, "id", id, "sameAs", Json.object("correspondenceId", id)),
        "recipient", Json.object("municipalityNumber", address[0], "district", address[1]),
        "type", overview.get("resourceId"),
        "confidential", overview.get("isConfidential") == Boolean.TRUE,
        "receivedAt", Instant.now().toString(),
        "documents", documents,
        "payload", unchanging(overview));
    // 202 is not registered, only queued in memory: the same again, until it says more.
    judge(askJson(cases + "/messages", intake, "Authorization", casesKey, "Idempotency-Key", channel + ":" + id));
  }

  /** Accepted is not confirmed yet, and a repeat is refused: only the history tells. */
  static void confirm(String id) throws Passing {
    try {
      var history = Json.list(askAltinn("GET", "/" + id + "/details").json().get("statusHistory"));
      if (history.stream().anyMatch(each -> "Confirmed".equals(Json.map(each).get("status")))) return;
      askAltinn("POST", "/" + id + "/confirm");
    } catch (Refused refused) {
      throw new Passing(refused.getMessage());
    }
    throw new Passing("confirmed, and not noted yet");
  }

  void warn(Message message) throws IOException {
    String what = !message.is("stored") ? "not-read-yet"
        : !message.is("registered") ? "not-registered-yet" : "not-confirmed-yet";
    if (!message.get("told").equals(what) && tell(what, message.id(), true)) message.set("told", what);
  }

  /** To a person: what is aside stays in the inbox. */
  void handOver(Message message) throws IOException {
    String reason = message.get("aside");
    if (tell(reason, message.id(), message.is("stored"))) message.set("told", reason);
  }

  /** Municipality and district; without a district it goes to the first. */
  static String[] addressOf(Map<String, Object> overview) throws Refused {
    for (Object each : recipients) {
      var ours = Json.map(each);
      if (!Json.text(overview, "recipient").endsWith(Json.text(ours, "organizationNumber"))) continue;
      String municipality = Json.text(ours, "municipalityNumber");
      var named = overview.get("propertyList") == null ? Map.of() : Json.map(overview, "propertyList");
      if (!named.getOrDefault("kommunenummer", municipality).equals(municipality))
        throw new Refused("other-municipality");
      var numbers = Json.list(ours.get("districts")).stream().map(one -> Json.text(Json.map(one), "number")).toList();
      String wanted = (String) named.getOrDefault("bydelsnummer", "00");
      String district = wanted.equals("00") ? numbers.get(0) : wanted;
      if (!numbers.contains(district)) throw new Refused("other-district");
      return new String[] {municipality, district};
    }
    throw new Refused("other-recipient");
  }

  /** Without the fields that change while a message lies there: it is the same content, whenever it is asked for. */
  static Map<String, Object> unchanging(Map<String, Object> fields) {
    var kept = new LinkedHashMap<>(fields);
    kept.keySet().removeIf(name -> name.matches("status.*|read|notifications?"));
    if (kept.get("content") != null) {
      var content = new LinkedHashMap<>(Json.map(kept, "content"));
      var attachments = Json.list(content.get("attachments"));
      content.put("attachments", attachments.stream().map(one -> unchanging(Json.map(one))).toList());
      kept.put("content", content);
    }
    return kept;
  }

  static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}

/** JSON as maps, lists, texts, BigDecimals, Booleans and null. */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static Object read(String text) {
    Json json = new Json(text);
    Object value = json.value();
    if (json.next() != 0) throw json.wrong();
    return value;
  }

  static Map<String, Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    return object;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) Objects.requireNonNull(value);
  }

  static Map<String, Object> map(Map<String, Object> fields, String name) {
    return map(fields.get(name));
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }

  static List<String> texts(Object value) {
    return list(Objects.requireNonNull(value)).stream().map(String.class::cast).toList();
  }

  /** Empty where there is none. */
  static String text(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof String found ? found : "";
  }

  private char next() {
    while (at < text.length() && text.charAt(at) <= ' ') at++;
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean took(char wanted) {
    if (next() != wanted) return false;
    at++;
    return true;
  }

  /** Says where, and nothing of what stands there. */
  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("no JSON at character " + at);
  }

  private Object value() {
    switch (next()) {
      case '{': {
        var object = new LinkedHashMap<String, Object>();
        at++;
        if (took('}')) return object;
        do {
          if (next() != '"') throw wrong();
          String name = string();
          if (!took(':')) throw wrong();
          object.put(name, value());
        } while (took(','));
        if (!took('}')) throw wrong();
        return object;
      }
      case '[': {
        var list = new ArrayList<>();
        at++;
        if (took(']')) return list;
        do list.add(value()); while (took(','));
        if (!took(']')) throw wrong();
        return list;
      }
      case '"':
        return string();
      default: {
        int from = at;
        while (at < text.length() && "+-.abcdefghijklmnopqrstuvwxyzE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        String word = text.substring(from, at);
        if (word.equals("null")) return null;
        if (word.equals("true") || word.equals("false")) return word.equals("true");
        if (!word.matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?")) throw wrong();
        return new BigDecimal(word);
      }
    }
  }

  private String string() {
    var out = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      if (++at >= text.length()) break;
      char escaped = text.charAt(at);
      int known = "\"\\/bfnrt".indexOf(escaped);
      if (known >= 0) out.append("\"\\/\b\f\n\r\t".charAt(known));
      else if (escaped == 'u' && at + 4 < text.length()) {
        out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
        at += 4;
      } else throw wrong();
    }
    throw wrong();
  }

  static String write(Object value) {
    var out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> fields) {
      String between = "{";
      for (var field : fields.entrySet()) {
        out.append(between);
        write(field.getKey(), out);
        write(field.getValue(), out.append(':'));
        between = ",";
      }
      out.append(fields.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      String between = "[";
      for (Object each : list) {
        write(each, out.append(between));
        between = ",";
      }
      out.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof String text) {
      out.append('"');
      for (char c : text.toCharArray())
        if (c == '"' || c == '\\') out.append('\\').append(c);
        else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
        else out.append(c);
      out.append('"');
    } else out.append(value);
  }
}
