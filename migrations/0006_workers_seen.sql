-- Workers as people see them: when each was last heard of, and how it went.

ALTER TABLE workers
    -- The vector instructions that its kernels use; empty for a worker of an older version.
    ADD COLUMN cpu_level text NOT NULL DEFAULT '',
    -- Written every few seconds at most, whatever a worker calls.
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN gone_at timestamptz,
    -- It said goodbye, or fell silent. One that only slept comes back.
    ADD COLUMN gone text CHECK (gone IN ('left', 'lost')),
    ADD CHECK ((gone IS NULL) = (gone_at IS NULL));

-- Whoever runs still is seen again within seconds.
UPDATE workers SET seen_at = registered_at, gone_at = registered_at, gone = 'lost';

-- Room beside each row for its next version, and no index on seen_at: seeing a worker touches no index.
ALTER TABLE workers SET (fillfactor = 70);
CREATE INDEX workers_present ON workers (worker_id) WHERE gone_at IS NULL;
CREATE INDEX workers_gone ON workers (gone_at) WHERE gone_at IS NOT NULL;

-- What all workers did in the last minute. The table is in the order of time, so a summary of each group of pages is enough,
-- and writers hardly notice it.
CREATE INDEX finished_jobs_time ON finished_jobs USING brin (finished_at) WITH (pages_per_range = 32, autosummarize = on);
