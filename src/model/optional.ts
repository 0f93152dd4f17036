import { UsageError } from './errors.ts'

/** Packages that few need, by the major version that this one is tested with. Whoever needs one installs it. */
export const OPTIONAL = {
  vega: 6,
  'vega-lite': 6,
  '@resvg/resvg-js': 2,
  bullmq: 6,
  ioredis: 6,
} as const

export type OptionalPackage = keyof typeof OPTIONAL

/** The command that installs them. */
export const installing = (packages: readonly OptionalPackage[]): string =>
  `npm install ${packages.map((name) => `${name}@${OPTIONAL[name]}`).join(' ')}`

/**
 * Loads what this package does not bring along.
 *
 * @param what what they are needed for: "pictures"
 * @throws UsageError where one is not there, with the command that installs them all
 */
export async function loadOptional<T>(
  what: string,
  packages: readonly OptionalPackage[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const missing = packages.find((name) => message?.includes(`'${name}'`))
    if (code !== 'ERR_MODULE_NOT_FOUND' || missing === undefined) throw error
    throw new UsageError(`${what} need the package ${missing}, which is not installed`, installing(packages))
  }
}
