-- 缺受理的时限加一个索引；没有写受理而办结的，受理时限按新的算法重算
CREATE INDEX clocks_without_acceptance ON clocks(case_id, due_on, void) WHERE why = '缺受理';
