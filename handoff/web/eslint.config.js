/** The house rules as lints: strict types, sound and accessible templates, text only ever as text, small parts. */
import eslint from "@eslint/js";
import lit from "eslint-plugin-lit";
import litA11y from "eslint-plugin-lit-a11y";
import tseslint from "typescript-eslint";

const rawMarkup = "Text from outside is rendered as text. Never as markup.";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  lit.configs["flat/recommended"],
  litA11y.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Lit reads handlers from templates and calls them with the host as `this`.
      "@typescript-eslint/unbound-method": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 40, skipComments: true }],
      "max-params": ["error", 5],
      "no-console": "error",
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "lit/directives/unsafe-html.js", message: rawMarkup },
            { name: "lit/directives/unsafe-svg.js", message: rawMarkup },
            { name: "lit/directives/unsafe-mathml.js", message: rawMarkup },
          ],
        },
      ],
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: rawMarkup },
        { property: "outerHTML", message: rawMarkup },
        { property: "insertAdjacentHTML", message: rawMarkup },
        { property: "setHTMLUnsafe", message: rawMarkup },
      ],
      "lit/no-invalid-html": "error",
      "lit/no-legacy-template-syntax": "error",
      "lit/no-template-bind": "error",
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ["src/**/*.test.ts"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
