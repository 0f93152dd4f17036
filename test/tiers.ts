/**
 * Tests have two tiers. `npm test` runs every `*.test.ts`, and leaves what takes long to `*.long.test.ts`, which
 * `npm run test:long` runs. Where both ask the same, only of more protocols or of other rows, the long file imports the
 * short one, and the short one asks here which of the two runs.
 */
export const LONG = process.env['TURNCOAT_TIER'] === 'long'

/** One number for the short tier, another one for the long tier. */
export const inTier = <T>(short: T, long: T): T => (LONG ? long : short)
