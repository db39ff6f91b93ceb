-- `title` (and `tags`) hold what every list may say; what was written stands here where it is otherwise.
ALTER TABLE cases ADD COLUMN written_title TEXT;
