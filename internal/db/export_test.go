package db

import "context"

// MigrateTo brings an empty database to an older version and runs statements on
// it as its owner.
func MigrateTo(ctx context.Context, address string, version int64, statements ...string) error {
	d, err := open(address, true)
	if err != nil {
		return err
	}
	defer d.Close()
	p, err := d.provider()
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := d.write.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
