package db

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A schema is a set of tables on the server that one run at a time uses. It is
// made once for a sweep and a mix. The session that claims it holds an advisory
// lock on its name, which the server gives up when the session ends, however the
// program did.
type schema struct {
	name string
	note string // what a reader must know of the server
	conn *pgx.Conn
}

// release ends the claim. That a server which is gone does not answer is no news.
func (s *schema) release() {
	ctx, cancel := context.WithTimeout(context.Background(), postgresPatience)
	defer cancel()
	_ = s.conn.Close(ctx)
}

// claimSchema claims a schema for a run of the sweep whose shared directory is
// given, makes it where it is not there, and makes it ready. Runs of a sweep that
// go on at the same time get different ones.
func claimSchema(ctx context.Context, config *pgx.ConnConfig, shared, mix string) (_ *schema, err error) {
	ctx, cancel := context.WithTimeout(ctx, postgresPatience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("no server where %s says (scripts/postgres up starts one): %w", postgresServer, err)
	}
	s := &schema{conn: conn}
	defer func() {
		if err != nil {
			s.release()
		}
	}()
	owner, err := sweepName(shared)
	if err != nil {
		return nil, err
	}
	hash := fnv.New32a()
	hash.Write([]byte(owner + " " + mix))
	for n := 0; s.name == ""; n++ {
		name := fmt.Sprintf("runbench_%08x_%d", hash.Sum32(), n)
		free, err := s.lock(ctx, name)
		if err != nil {
			return nil, err
		}
		if free {
			s.name = name
		}
	}
	if err := s.dropOld(ctx); err != nil {
		return nil, fmt.Errorf("drop the schemas of former sweeps: %w", err)
	}
	if err := s.prepare(ctx, owner, mix); err != nil {
		return nil, fmt.Errorf("schema %s: %w", s.name, err)
	}
	var version, fsync string
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('fsync')`).Scan(&version, &fsync); err != nil {
		return nil, err
	}
	s.note = fmt.Sprintf("PostgreSQL %s with fsync %s; the tables are in schema %s, which the next sweep from this host drops", version, fsync, s.name)
	return s, nil
}

// sweepName names a sweep on all hosts that may use the server: by its shared
// directory, which is there for as long as the sweep goes on.
func sweepName(shared string) (string, error) {
	host, err := os.Hostname()
	return host + ":" + shared, err
}

// lock takes the advisory lock on a schema's name, and says whether it was free.
func (s *schema) lock(ctx context.Context, name string) (free bool, err error) {
	err = s.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`, name).Scan(&free)
	return free, err
}

// dropOld drops the schemas that sweeps of this host have left: a run cannot know
// that it is the last of its sweep.
func (s *schema) dropOld(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, `SELECT nspname, coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace
		WHERE nspname LIKE 'runbench\_%' AND pg_get_userbyid(nspowner) = current_user`)
	if err != nil {
		return err
	}
	type left struct{ name, owner string }
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (left, error) {
		var l left
		err := row.Scan(&l.name, &l.owner)
		return l, err
	})
	if err != nil {
		return err
	}
	here, err := sweepName("")
	if err != nil {
		return err
	}
	for _, l := range all {
		shared, ours := strings.CutPrefix(l.owner, here)
		if _, err := os.Stat(shared); !ours || l.name == s.name || !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		free, err := s.lock(ctx, l.name)
		if err != nil {
			return err
		}
		if !free {
			continue
		}
		if _, err := s.conn.Exec(ctx, `DROP SCHEMA IF EXISTS `+pgx.Identifier{l.name}.Sanitize()+` CASCADE`); err != nil {
			return err
		}
		if _, err := s.conn.Exec(ctx, `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, l.name); err != nil {
			return err
		}
	}
	return nil
}

// openingBalance is what an account is opened with: not the same for all, so that
// a balance says whose it is.
func openingBalance(account int) int64 { return int64(account) * 7919 % 100_003 }

// prepare makes the tables of TPC-B where they are not there yet, in one
// transaction, so that they are there whole or not at all. Before transactions
// that write it does what pgbench does: vacuum what is updated most, and empty the
// history, so that a run does not pay for those before it.
func (s *schema) prepare(ctx context.Context, owner, mix string) error {
	var made bool
	if err := s.conn.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, s.name+".history").Scan(&made); err != nil {
		return err
	}
	if !made {
		// Several statements in one string are one transaction.
		if _, err := s.conn.Exec(ctx, s.tables(owner)); err != nil {
			return err
		}
	}
	if mix == "select" {
		return nil
	}
	for _, stmt := range []string{`VACUUM ` + s.name + `.branches`, `VACUUM ` + s.name + `.tellers`, `TRUNCATE ` + s.name + `.history`} {
		if _, err := s.conn.Exec(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// tables returns the statements that make the tables, with pgbench's columns but
// for the balances, which are wide enough for any number of batches.
func (s *schema) tables(owner string) string {
	return strings.NewReplacer(
		"$schema", s.name,
		"$owner", "'"+strings.ReplaceAll(owner, "'", "''")+"'",
		"$branches", fmt.Sprint(branches),
		"$tellers", fmt.Sprint(tellersPerBranch),
		"$accounts", fmt.Sprint(postgresAccounts),
	).Replace(`
		CREATE SCHEMA $schema;
		COMMENT ON SCHEMA $schema IS $owner;
		CREATE TABLE $schema.branches (bid int NOT NULL, bbalance bigint NOT NULL, filler char(88));
		CREATE TABLE $schema.tellers (tid int NOT NULL, bid int NOT NULL, tbalance bigint NOT NULL, filler char(84));
		CREATE TABLE $schema.accounts (aid int NOT NULL, bid int NOT NULL, abalance bigint NOT NULL, filler char(84));
		CREATE TABLE $schema.history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
		INSERT INTO $schema.branches SELECT i, 0, '' FROM generate_series(1, $branches) i;
		INSERT INTO $schema.tellers SELECT i, (i - 1) / $tellers + 1, 0, '' FROM generate_series(1, $branches * $tellers) i;
		INSERT INTO $schema.accounts SELECT i, (i - 1) / $accounts + 1, i::bigint * 7919 % 100003, '' FROM generate_series(1, $branches * $accounts) i;
		ALTER TABLE $schema.branches ADD PRIMARY KEY (bid);
		ALTER TABLE $schema.tellers ADD PRIMARY KEY (tid);
		ALTER TABLE $schema.accounts ADD PRIMARY KEY (aid);
		ANALYZE $schema.branches, $schema.tellers, $schema.accounts;
	`)
}
