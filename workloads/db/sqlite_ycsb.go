package db

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// fillRecords writes YCSB's table, as its JDBC binding has it but for the type of
// the fields, which are bytes here.
func fillRecords(ctx context.Context, db *sql.DB, records int) error {
	columns, marks := make([]string, ycsbFields), make([]string, ycsbFields)
	for field := range ycsbFields {
		columns[field], marks[field] = fmt.Sprintf("field%d BLOB NOT NULL", field), "?"
	}
	if _, err := db.ExecContext(ctx, `CREATE TABLE usertable (ycsb_key TEXT PRIMARY KEY, `+strings.Join(columns, ", ")+`)`); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	insert, err := tx.PrepareContext(ctx, `INSERT INTO usertable VALUES (?, `+strings.Join(marks, ", ")+`)`)
	if err != nil {
		return err
	}
	for key := range records {
		record := newRecord(key)
		row := []any{recordName(key)}
		for field := range ycsbFields {
			row = append(row, fieldOf(record, field))
		}
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// sqliteRecords is YCSB's table as a store. Records are read and written whole: a
// statement for each field would have to be prepared on each connection, and go on
// being prepared for many batches after the first.
type sqliteRecords struct {
	db    *sql.DB
	names []string

	selectRecord, updateRecord *sql.Stmt
}

func newSQLiteRecords(ctx context.Context, db *sql.DB, records int) (*sqliteRecords, error) {
	s := &sqliteRecords{db: db, names: recordNames(records)}
	columns, changes := make([]string, ycsbFields), make([]string, ycsbFields)
	for field := range ycsbFields {
		columns[field] = fmt.Sprintf("field%d", field)
		changes[field] = columns[field] + " = ?"
	}
	var err error
	if s.selectRecord, err = db.PrepareContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM usertable WHERE ycsb_key = ?`); err != nil {
		return nil, err
	}
	s.updateRecord, err = db.PrepareContext(ctx, `UPDATE usertable SET `+strings.Join(changes, ", ")+` WHERE ycsb_key = ?`)
	return s, err
}

func (s *sqliteRecords) read(ctx context.Context, key int, see func(record []byte) error) error {
	record, err := scanRecord(s.selectRecord.QueryRowContext(ctx, s.names[key]))
	if err != nil {
		return err
	}
	return see(record)
}

func (s *sqliteRecords) modify(ctx context.Context, key int, change func(record []byte) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	record, err := scanRecord(tx.StmtContext(ctx, s.selectRecord).QueryRowContext(ctx, s.names[key]))
	if err != nil {
		return err
	}
	if err := change(record); err != nil {
		return err
	}
	row := make([]any, 0, ycsbFields+1)
	for field := range ycsbFields {
		row = append(row, fieldOf(record, field))
	}
	if _, err := tx.StmtContext(ctx, s.updateRecord).ExecContext(ctx, append(row, s.names[key])...); err != nil {
		return err
	}
	return tx.Commit()
}

// scanRecord returns the fields of a row, one after the other.
func scanRecord(row *sql.Row) ([]byte, error) {
	var fields [ycsbFields][]byte
	into := make([]any, ycsbFields)
	for field := range fields {
		into[field] = &fields[field]
	}
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	return bytes.Join(fields[:], nil), nil
}
