// Builds the one file that the dashboard ships, and the licences of all that it holds beside it.
// `npm ci --ignore-scripts && npm run build` in this folder.
import { readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { buildSync } from "esbuild"

// Parts that regl-scatterplot carries in its own files.
const CARRIED = [
  ["kdbush 4.0.2: ISC", "Copyright (c) 2018, Vladimir Agafonkin", "ISC"],
  ["simplify-js: BSD-2-Clause", "Copyright (c) 2013, Vladimir Agafonkin", "BSD"],
]
const TERMS = {
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
  BSD: `Redistribution and use in source and binary forms, with or without modification,
are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
(INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON
ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
(INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`,
}

const built = buildSync({
  entryPoints: ["source/scatter.js"],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  write: false,
})
const told = new TextDecoder().decode(built.outputFiles[0].contents)
// A comment of a shader names where its author found it.
writeFileSync("built/scatter.js", told.replace(/https?:\/\/[\w.]+\/package\//g, ""))

const licences = CARRIED.map(([title, owner, terms]) => `${title}\n\n${owner}\n\n${TERMS[terms]}`)
const packages = readdirSync("node_modules").flatMap((name) =>
  name.startsWith("@")
    ? readdirSync(join("node_modules", name)).map((one) => join(name, one))
    : [name],
)
for (const name of packages) {
  if (name.startsWith(".") || name.includes("esbuild")) continue // tools, no part of the file
  const folder = join("node_modules", name)
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
  const text = readFileSync(join(folder, file), "utf8").trim()
  licences.push(`${about.name} ${about.version}: ${about.license}\n\n${text}`)
}
const line = `\n\n${"-".repeat(80)}\n\n`
writeFileSync("built/LICENCES.txt", `${licences.sort().join(line)}\n`)
