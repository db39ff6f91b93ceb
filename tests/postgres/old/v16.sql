-- An office of version 16 as the program made it (never edited); {office} is its name.
CREATE TABLE commands (               
  id bigint PRIMARY KEY,
  name text NOT NULL,
  actor text NOT NULL,
  recorded_at text NOT NULL,          
  source_name text,                   
  source_sha256 text
, part_of bigint REFERENCES commands(id), os_user text, host text);
CREATE TABLE docket (                 
  id bigint PRIMARY KEY,
  case_no text NOT NULL UNIQUE,
  year integer NOT NULL,
  serial integer NOT NULL,
  sheet_no text,                      
  fingerprint bytea                    
);
CREATE TABLE serials (year integer PRIMARY KEY, last bigint NOT NULL);
CREATE TABLE head (one integer PRIMARY KEY CHECK (one = 1), events bigint NOT NULL, hash bytea NOT NULL);
CREATE TABLE access_log (id bigint PRIMARY KEY, at text NOT NULL, actor text NOT NULL, what text NOT NULL);
CREATE TABLE units (
  id bigint PRIMARY KEY,
  name text NOT NULL UNIQUE,
  short text,
  code text,
  grp text NOT NULL CHECK (grp = '镇街' OR grp = '区直部门' OR grp = '国企' OR grp = '驻区单位'),
  ord integer NOT NULL,
  initials text NOT NULL,             
  aliases text NOT NULL DEFAULT '[]',
  merged_into integer REFERENCES units(id)
, parent_id integer REFERENCES units(id), leaders text NOT NULL DEFAULT '[]', role text NOT NULL DEFAULT 'ordinary');
CREATE TABLE topics (name text PRIMARY KEY, parent text, ord integer NOT NULL);
CREATE TABLE regions (name text PRIMARY KEY, ord integer NOT NULL);
CREATE TABLE views (                  
  name text PRIMARY KEY,
  words text NOT NULL,
  made_by text NOT NULL
);
CREATE TABLE mappings (               
  name text PRIMARY KEY,
  headings text NOT NULL,             
  fields text NOT NULL,               
  kept_at text NOT NULL
, more text NOT NULL DEFAULT '{}');
CREATE TABLE said (what text PRIMARY KEY, on_day date NOT NULL);
CREATE TABLE undone (command_id bigint PRIMARY KEY REFERENCES commands(id),
  by_command bigint NOT NULL REFERENCES commands(id));
CREATE TABLE unit_words (word text NOT NULL, unit_id integer NOT NULL REFERENCES units(id), PRIMARY KEY (word, unit_id));
CREATE TABLE people (case_id bigint PRIMARY KEY REFERENCES docket(id), name text, id_no text, phone text, address text);
CREATE TABLE clocks (
  case_id bigint NOT NULL REFERENCES docket(id),
  n integer NOT NULL,                 
  kind text NOT NULL CHECK (kind = 'dispatch' OR kind = 'objection' OR kind = 'acceptance' OR kind = 'completion' OR kind = 'review_window' OR kind = 'rating' OR kind = 'redispatch' OR kind = 'decision' OR kind = 'report_up' OR kind = 'duty' OR kind = 'office' OR kind = 'feedback' OR kind = 'assistance' OR kind = 'fulfilment' OR kind = 'redo' OR kind = 'recheck_window' OR kind = 'review' OR kind = 'recheck' OR kind = 'supervision' OR kind = 'order'),
  owner text NOT NULL CHECK (owner = 'bureau' OR owner = 'unit' OR owner = 'assisting_unit' OR owner = 'petitioner' OR owner = 'body'),
  unit_id integer REFERENCES units(id),
  start_on date NOT NULL,
  due_on date NOT NULL,
  base_due_on date,                   
  stop_on date,
  void integer NOT NULL CHECK (void = 0 OR void = 1),
  why text,                           
  counted integer NOT NULL CHECK (counted = 0 OR counted = 1),  
  first integer NOT NULL CHECK (first = 0 OR first = 1),      
  case_unit_id integer REFERENCES units(id), outside_due date, guessed integer NOT NULL DEFAULT 0 CHECK (guessed = 0 OR guessed = 1),           
  PRIMARY KEY (case_id, n)
);
CREATE TABLE backlog (
  batch text NOT NULL,
  case_id bigint NOT NULL REFERENCES docket(id),
  joined_on date NOT NULL,
  resolved_on date,
  how text,
  recognised_on date,
  unit_id integer REFERENCES units(id),        
  guard_unit_id integer REFERENCES units(id),  
  PRIMARY KEY (batch, case_id)
);
CREATE TABLE cases (                  
  id bigint PRIMARY KEY REFERENCES docket(id),
  case_no text NOT NULL,
  external_no text,
  title text NOT NULL,
  stage text NOT NULL CHECK (stage = 'closed' OR stage = 'registered' OR stage = 'assigned' OR stage = 'accepted' OR stage = 'reported' OR stage = 'objected' OR stage = 'in_review' OR stage = 'reviewed' OR stage = 'in_recheck' OR stage = 'finalised' OR stage = 'refused' OR stage = 'redirected' OR stage = 'filed' OR stage = 'withdrawn' OR stage = 'returned_up'),
  channel text NOT NULL CHECK (channel = 'letter' OR channel = 'fax' OR channel = 'visit' OR channel = 'video' OR channel = 'web' OR channel = 'mailbox' OR channel = 'phone' OR channel = 'other'),
  kind text NOT NULL CHECK (kind = 'suggestion' OR kind = 'accusation' OR kind = 'appeal' OR kind = 'inquiry' OR kind = 'other' OR kind = 'complaint_appeal' OR kind = 'request'),
  topic text,
  region text,
  source text NOT NULL CHECK (source = 'own' OR source = 'forwarded' OR source = 'tasked'),
  level text CHECK (level = 'district' OR level = 'city' OR level = 'province' OR level = 'beijing'),
  priority text NOT NULL CHECK (priority = 'normal' OR priority = 'key' OR priority = 'urgent'),
  received_on date NOT NULL,
  unit_id integer REFERENCES units(id),
  assigned_on date,
  accepted_on date,
  closed_on date,                     
  first_closed_on date,               
  outcome text,
  pathway text,
  repeat integer NOT NULL CHECK (repeat = 0 OR repeat = 1),
  repeat_of bigint REFERENCES docket(id),
  repeat_of_no text,                  
  headcount integer NOT NULL,
  lead text,
  tags text,
  excluded integer NOT NULL CHECK (excluded = 0 OR excluded = 1),
  ratable integer NOT NULL CHECK (ratable = 0 OR ratable = 1),  
  reviewed_on date,                   
  unit_rating text,
  unit_rated_on date,
  bureau_rating text,
  bureau_rated_on date,
  complained_unit_id integer,
  next_clock text,                    
  next_due_on date,
  returned_times integer NOT NULL,    
  supervised integer NOT NULL CHECK (supervised = 0 OR supervised = 1),
  last_on date NOT NULL               
, co_units text, crossing text, overwritten_on date, written_title text);
CREATE TABLE receipts (command_id bigint PRIMARY KEY REFERENCES commands(id), body text NOT NULL);
CREATE TABLE events (                 
  id bigint PRIMARY KEY,
  case_id bigint REFERENCES docket(id),
  seq integer NOT NULL,               
  kind text NOT NULL CHECK (kind = 'register' OR kind = 'assign' OR kind = 'accept' OR kind = 'close' OR kind = 'rate' OR kind = 'sign' OR kind = 'object' OR kind = 'uphold' OR kind = 'overrule' OR kind = 'convert' OR kind = 'refuse' OR kind = 'redirect' OR kind = 'file' OR kind = 'return_up' OR kind = 'extend' OR kind = 'note' OR kind = 'attach' OR kind = 'assist' OR kind = 'answered' OR kind = 'deliver' OR kind = 'approve' OR kind = 'return' OR kind = 'fulfil' OR kind = 'withdraw' OR kind = 'review' OR kind = 'review_result' OR kind = 'recheck' OR kind = 'recheck_result' OR kind = 'hearing' OR kind = 'report_up' OR kind = 'link' OR kind = 'relate' OR kind = 'lead' OR kind = 'tag' OR kind = 'join' OR kind = 'resolve' OR kind = 'recognise' OR kind = 'exclude' OR kind = 'include' OR kind = 'remind' OR kind = 'supervise' OR kind = 'supervise_answered' OR kind = 'step' OR kind = 'receive' OR kind = 'order' OR kind = 'follow' OR kind = 'edit' OR kind = 'revoke' OR kind = 'correct' OR kind = 'unit' OR kind = 'topic' OR kind = 'setting' OR kind = 'workdays' OR kind = 'publish' OR kind = 'advise' OR kind = 'reception' OR kind = 'standing' OR kind = 'batch' OR kind = 'co_handle' OR kind = 'recuse' OR kind = 'not_the_accused' OR kind = 'access' OR kind = 'kept' OR kind = 'purge'),
  on_day date NOT NULL ,
  command_id bigint NOT NULL REFERENCES commands(id),
  body text NOT NULL,                 
  text_hash bytea,                     
  prev bytea NOT NULL                  
);
CREATE TABLE texts (                  
  event_id bigint PRIMARY KEY REFERENCES events(id),
  salt bytea NOT NULL,
  body text NOT NULL
);
CREATE INDEX docket_serial ON docket(serial);
CREATE INDEX docket_sheet_no ON docket(sheet_no) WHERE sheet_no IS NOT NULL;
CREATE INDEX docket_fingerprint ON docket(fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX backlog_of_case ON backlog(case_id);
CREATE INDEX people_name ON people(name) WHERE name IS NOT NULL;
CREATE INDEX people_id_no ON people(id_no) WHERE id_no IS NOT NULL;
CREATE INDEX people_phone ON people(phone) WHERE phone IS NOT NULL;
CREATE INDEX clocks_running ON clocks(due_on, case_id, kind, unit_id, start_on, owner, stop_on, void) WHERE stop_on IS NULL AND void = 0 AND kind <> 'objection' AND kind <> 'review_window' AND kind <> 'recheck_window' AND kind <> 'rating';
CREATE INDEX clocks_due ON clocks(kind, due_on, unit_id, case_unit_id, stop_on, first, counted) WHERE counted = 1 AND (kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion' OR kind = 'rating');
CREATE INDEX clocks_stopped ON clocks(kind, stop_on, unit_id, case_unit_id, due_on, first, counted) WHERE counted = 1 AND stop_on IS NOT NULL AND (kind = 'dispatch' OR kind = 'acceptance' OR kind = 'completion');
CREATE INDEX cases_received ON cases(received_on, unit_id, repeat, excluded, stage, first_closed_on, channel, kind, headcount, topic, region, level, source);
CREATE INDEX cases_unit ON cases(unit_id, received_on);
CREATE INDEX cases_stage ON cases(stage, received_on) WHERE closed_on IS NULL;
CREATE INDEX cases_external ON cases(external_no) WHERE external_no IS NOT NULL;
CREATE INDEX cases_repeat_of ON cases(repeat_of, received_on) WHERE repeat_of IS NOT NULL;
CREATE INDEX cases_repeat_of_no ON cases(repeat_of_no) WHERE repeat_of_no IS NOT NULL;
CREATE INDEX cases_first_closed ON cases(first_closed_on, repeat, excluded, reviewed_on, unit_id, accepted_on, closed_on) WHERE first_closed_on IS NOT NULL;
CREATE INDEX cases_unit_rated ON cases(unit_rated_on, unit_id, unit_rating, ratable, excluded, repeat) WHERE unit_rated_on IS NOT NULL;
CREATE INDEX cases_bureau_rated ON cases(bureau_rated_on, unit_id, bureau_rating, ratable, excluded, repeat) WHERE bureau_rated_on IS NOT NULL;
CREATE INDEX cases_supervised ON cases(supervised) WHERE supervised = 1;
CREATE INDEX cases_lead ON cases(lead) WHERE lead IS NOT NULL;
CREATE INDEX cases_region ON cases(region, received_on) WHERE region IS NOT NULL;
CREATE INDEX cases_last ON cases(last_on);
CREATE INDEX clocks_outside ON clocks(outside_due) WHERE outside_due IS NOT NULL;
CREATE INDEX cases_excluded ON cases(id) WHERE excluded = 1;
CREATE INDEX cases_reclosed ON cases(closed_on) WHERE closed_on <> first_closed_on;
CREATE INDEX cases_crossing ON cases(crossing) WHERE crossing IS NOT NULL;
CREATE INDEX clocks_guessed ON clocks(case_id, kind, due_on) WHERE guessed = 1;
CREATE UNIQUE INDEX events_of_case ON events(case_id, seq) WHERE case_id IS NOT NULL;
CREATE INDEX events_of_house ON events(kind) WHERE case_id IS NULL;
CREATE INDEX events_reminded ON events(on_day, case_id) WHERE kind = 'remind';
CREATE INDEX events_of_command ON events(command_id);
CREATE INDEX events_attached ON events(case_id) WHERE kind = 'attach';
CREATE INDEX events_received ON events(on_day, case_id) WHERE kind = 'receive';
CREATE INDEX events_steps ON events(case_id) WHERE kind = 'step';
CREATE INDEX events_hearing ON events(case_id) WHERE kind = 'hearing';
CREATE TABLE meta (
  one integer PRIMARY KEY CHECK (one = 1), application text NOT NULL, version integer NOT NULL, held integer);
CREATE TABLE written (token uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE files (sha256 bytea NOT NULL, part integer NOT NULL, data bytea NOT NULL, PRIMARY KEY (sha256, part));
CREATE TABLE search (case_id bigint PRIMARY KEY, received_on date NOT NULL, title text NOT NULL, content text NOT NULL,
  notes text NOT NULL, who text NOT NULL, phones text NOT NULL, accuser text NOT NULL, accuser_phones text NOT NULL,
  words tsvector NOT NULL);
CREATE INDEX search_words ON search USING gin(words);
-- What the office's own events say (batches, rosters, units), without the looks: nothing of a petitioner.
CREATE VIEW house_texts AS SELECT t.* FROM texts t JOIN events e ON e.id = t.event_id
  WHERE e.case_id IS NULL AND e.kind <> 'access';
INSERT INTO head VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$;
CREATE TRIGGER events_never BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER files_never BEFORE UPDATE OR DELETE OR TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER texts_never BEFORE UPDATE OR DELETE OR TRUNCATE ON texts FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER docket_never BEFORE DELETE OR TRUNCATE ON docket FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER undone_never BEFORE TRUNCATE ON undone FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER commands_never BEFORE UPDATE OR DELETE OR TRUNCATE ON commands FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER access_never BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION never();

CREATE FUNCTION json_valid(said text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN said::json IS NOT NULL; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;

CREATE FUNCTION json_type(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN json_typeof(said::json); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;

-- Who did it is who is logged in (the owner carries whole books in).
CREATE FUNCTION is_owner() RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = '{office}' $$;
CREATE FUNCTION signs() RETURNS trigger LANGUAGE plpgsql SET search_path = "{office}", pg_temp AS $$
BEGIN
  IF NEW.os_user IS DISTINCT FROM session_user::text AND NOT is_owner() THEN
    RAISE EXCEPTION 'not who is logged in' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signs BEFORE INSERT ON commands FOR EACH ROW EXECUTE FUNCTION signs();

-- The server itself extends the chain (book.chain.link says the same): a client can neither fork nor forge it.
CREATE FUNCTION extend() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = "{office}", pg_temp SET datestyle = 'ISO' AS $$
DECLARE h head; bad bigint; last_id bigint; last_hash bytea;
BEGIN
  SELECT * INTO h FROM head FOR UPDATE;
  WITH linked AS (
    SELECT e.id, e.prev, sha256(e.prev || convert_to(concat_ws(E'\x1f', e.id, coalesce(e.case_id::text, 'None'), e.seq, e.kind,
      e.on_day, c.id, c.name, c.actor, c.recorded_at, coalesce(c.source_name, 'None'), coalesce(c.source_sha256, 'None'),
      c.part_of, CASE WHEN c.os_user IS NOT NULL THEN 'user ' || c.os_user END,
      CASE WHEN c.os_user IS NOT NULL THEN 'host ' || coalesce(c.host, 'None') END, e.body), 'UTF8')
      || coalesce(e.text_hash, ''::bytea)) AS hash
    FROM fresh e JOIN commands c ON c.id = e.command_id),
  walked AS (
    SELECT id, prev, hash, lag(hash) OVER (ORDER BY id) AS before, lag(id) OVER (ORDER BY id) AS before_id FROM linked)
  SELECT count(*) FILTER (WHERE prev IS DISTINCT FROM coalesce(before, h.hash) OR id <> coalesce(before_id, h.events) + 1),
    max(id), (SELECT hash FROM walked ORDER BY id DESC LIMIT 1) INTO bad, last_id, last_hash FROM walked;
  IF bad > 0 THEN RAISE EXCEPTION 'chain' USING ERRCODE = '40001'; END IF;
  IF EXISTS (SELECT 1 FROM fresh WHERE kind IN ('approve', 'return')) AND NOT is_owner()
    AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{office}_reviewer' AND NOT pg_has_role(session_user, oid, 'MEMBER')) THEN
    RAISE EXCEPTION 'not a reviewer' USING ERRCODE = '42501';
  END IF;
  IF last_id IS NOT NULL THEN UPDATE head SET events = last_id, hash = last_hash; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER extend AFTER INSERT ON events REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION extend();

CREATE FUNCTION is_head(said_events bigint, said_hash bytea) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM head WHERE events = said_events AND hash = said_hash) THEN
    RAISE EXCEPTION 'chain' USING ERRCODE = '40001';
  END IF;
  RETURN true;
END $$;

-- The cases in whose texts all words of a query (book.postgres.search) stand: the index gives who may be, the text says who is.
CREATE FUNCTION matching(query text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE AS $$
DECLARE said json := query; terms tsquery := nullif(said->>'terms', '')::tsquery;
BEGIN
  RETURN QUERY SELECT s.case_id FROM search s WHERE (terms IS NULL OR s.words @@ terms) AND NOT EXISTS (
    SELECT 1 FROM json_to_recordset(said->'words') AS w(word text, phone text, whole boolean) WHERE (
      NOT w.whole AND (
        (said->'title')::text = 'true' AND strpos(s.title, w.word) > 0
        OR (said->'content')::text = 'true' AND strpos(s.content, w.word) > 0
        OR (said->'notes')::text = 'true' AND strpos(s.notes, w.word) > 0
        OR (said->'who')::text = 'true' AND strpos(s.who, w.word) > 0
        OR (said->'accuser')::text = 'true' AND strpos(s.accuser, w.word) > 0)
      OR w.phone IS NOT NULL AND (
        (said->'who')::text = 'true' AND strpos(s.phones, E'\x1f' || w.phone || E'\x1f') > 0
        OR (said->'accuser')::text = 'true' AND strpos(s.accuser_phones, E'\x1f' || w.phone || E'\x1f') > 0)) IS NOT TRUE);
END $$;
INSERT INTO meta VALUES (1, 'xinfang', 16);
