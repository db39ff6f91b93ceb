-- 缺受理: the acceptance clocks that a closing ended since no acceptance is recorded, counted without reading all.
CREATE INDEX clocks_without_acceptance ON clocks(case_id, due_on, void) WHERE why = '缺受理';
