import packaged from '@sparticuz/chromium'

/**
 * Unpacks the browser that the tests of pages run in, once for all threads: it comes with `npm ci`, for Linux on x64.
 * Elsewhere, one that is installed is used, or the one that TURNCOAT_BROWSER names.
 */
export default async function unpack(): Promise<void> {
  if (process.env['TURNCOAT_BROWSER'] !== undefined) return
  if (process.platform === 'linux' && process.arch === 'x64') {
    process.env['TURNCOAT_BROWSER'] = await packaged.executablePath()
  }
}
