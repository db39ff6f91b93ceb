-- What is done once a day is seen from the commands and the copies, whether the file was written anew after a purge from
-- its events: no row stands in a book any more that the chain does not prove.
DROP TABLE said;
