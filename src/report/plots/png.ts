import { fileURLToPath } from 'node:url'
import { loadOptional, type OptionalPackage } from '../../model/index.ts'

/** What draws pictures, and is installed by whoever wants them. */
export const PICTURES: readonly OptionalPackage[] = ['vega', 'vega-lite', '@resvg/resvg-js']

const FACES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

/** Two pixels for each unit: sharp on paper and on good screens. */
const ZOOM = 2

/** @throws UsageError where the package that makes PNG files is not installed */
export function renderer(): Promise<typeof import('@resvg/resvg-js')> {
  return loadOptional('pictures', PICTURES, () => import('@resvg/resvg-js'))
}

/** A picture as PNG. The fonts are our own and never the machine's, so the bytes are the same everywhere. */
export async function png(svg: string): Promise<Uint8Array> {
  const { Resvg } = await renderer()
  const font = {
    fontFiles: FACES.map((face) => fileURLToPath(new URL(`../../../fonts/${face}`, import.meta.url))),
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  }
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM }, background: '#ffffff' }).render().asPng()
}
