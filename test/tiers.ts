/**
 * Tests have two tiers. `npm test` runs every `*.test.ts`, and leaves what takes long to `*.long.test.ts`, which
 * `npm run test:long` runs. Most long files import the short one of the same name, which asks here which of the two
 * runs: rows belong to one tier or the other (test/long-rows.ts), laws are held against more protocols, and tests that
 * only the long tier runs are skipped in the short one. Cheap tests beside them run in both.
 */
export const LONG = process.env['TURNCOAT_TIER'] === 'long'

/** One number for the short tier, another one for the long tier. */
export const inTier = <T>(short: T, long: T): T => (LONG ? long : short)
