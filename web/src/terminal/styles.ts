/**
 * xterm.js writes its styles as <style> elements and style attributes, which `style-src 'self'` refuses. It takes the document that it makes
 * elements with as an option; this one gives it elements whose styles go through constructed sheets and the CSSOM, which the policy allows.
 */
const createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
  if (name === "style") return sheetElement();
  return Document.prototype.createElement.call(document, name, options);
};

/**
 * Runs of cells that the DOM draws get their colours as a style attribute, on spans that xterm.js makes with the page's own document, whatever
 * the option says (6.0, DomRenderer). The CSSOM sets the same attribute, and may.
 */
HTMLSpanElement.prototype.setAttribute = function (this: HTMLElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
};

/** While a terminal opens: its scroll bar takes the page's own document, whatever the option says (xterm.js 6.0, CoreBrowserTerminal.open). */
export function withSafeStyles(open: () => void): void {
  Object.assign(document, { createElement });
  try {
    open();
  } finally {
    Reflect.deleteProperty(document, "createElement");
  }
}

export function styleSafeDocument(): Document {
  return new Proxy(document, {
    get(target, key) {
      if (key === "createElement") return createElement;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value as (...rest: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** Stands where the <style> element would; what is written into it becomes a sheet of the document. */
function sheetElement(): HTMLElement {
  const element = document.createElement("template");
  const sheet = new CSSStyleSheet();
  let text = "";
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  for (const property of ["textContent", "innerText"])
    Object.defineProperty(element, property, {
      get: () => text,
      set: (value: string) => {
        text = value;
        sheet.replaceSync(value);
      },
    });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return element;
}
