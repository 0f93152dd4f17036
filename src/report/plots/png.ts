import { createRequire } from 'node:module'

const FACES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

/** Two pixels for each unit: sharp on paper and on good screens. */
const ZOOM = 2

/** A picture as PNG. The fonts come from a package and never from the machine, so the bytes are the same everywhere. */
export async function png(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const { resolve } = createRequire(import.meta.url)
  const font = {
    fontFiles: FACES.map((face) => resolve(`dejavu-fonts-ttf/ttf/${face}`)),
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
    sansSerifFamily: 'DejaVu Sans',
  }
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM }, background: '#ffffff' }).render().asPng()
}
