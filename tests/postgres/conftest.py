from tests.postgres.offices import cluster as cluster
