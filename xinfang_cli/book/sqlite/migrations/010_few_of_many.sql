-- The few excluded cases, and the few that were closed again after a revoked result, are counted without reading all.
CREATE INDEX IF NOT EXISTS cases_excluded ON cases(id) WHERE excluded = 1;
CREATE INDEX IF NOT EXISTS cases_reclosed ON cases(closed_on) WHERE closed_on <> first_closed_on;
