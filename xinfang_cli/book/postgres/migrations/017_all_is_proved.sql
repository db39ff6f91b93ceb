-- 去掉表 said：一天做一次的事从操作和副本看得出
DROP TABLE said;
