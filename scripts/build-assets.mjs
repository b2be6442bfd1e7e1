// Compiles the portal's styles and scripts, with the parts of nhsuk-frontend they use, into var/assets, which git ignores.
// The names of compiled files are stable: Django adds the hash when it collects static files.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build, transform } from 'esbuild'
import { compile } from 'sass'

const images = 'node_modules/nhsuk-frontend/dist/nhsuk/assets/images'
const target = process.env.PORTAL_VAR_DIR ? `${process.env.PORTAL_VAR_DIR}/assets` : 'var/assets'

// Variants of the components that no page uses: left out, a first visit is a sixth lighter. A test holds pages and list apart.
const unused = new RegExp(`\\.(?:${JSON.parse(readFileSync('static/styles/unused.json')).join('|')})`)

// Works on minified styles: an innermost rule is `selectors{declarations}`, and only commas outside brackets part selectors.
function withoutUnused(styles) {
  const trimmed = styles.replace(/([^{}]+)(\{[^{}]*\})/g, (rule, selectors, declarations) => {
    const used = selectors.split(/,(?![^()]*\))/).filter((selector) => !unused.test(selector))
    return used.length ? used.join(',') + declarations : ''
  })
  // Dropping rules may leave an empty block, and that block may have been the only one in another.
  const emptied = trimmed.replace(/@[^{};]+\{\}/g, '')
  return emptied === styles ? styles : withoutUnused(emptied)
}

rmSync(target, { recursive: true, force: true })
mkdirSync(`${target}/images`, { recursive: true })

const styles = compile('static/styles/portal.scss', { loadPaths: ['node_modules'], quietDeps: true })
const minified = await transform(styles.css, { loader: 'css', minify: true, target: 'es2020' })
const css = withoutUnused(minified.code)
writeFileSync(`${target}/portal.css`, css)

// Icons the compiled styles ask for by address. Asking the styles keeps the copy exact when a component is added.
for (const [, name] of css.matchAll(/images\/([\w.-]+\.(?:svg|png))/g)) {
  cpSync(`${images}/${name}`, `${target}/images/${name}`)
}

await build({
  entryPoints: ['static/scripts/portal.js'],
  outfile: `${target}/portal.js`,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  logLevel: 'warning'
})
