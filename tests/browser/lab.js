// What jupyterlab.py asks of a notebook that is open in JupyterLab.
window.book = {
  running: false,
  failed: null,

  get panel() {
    return [...jupyterapp.shell.widgets('main')].find(w => w.context?.path === this.path);
  },

  idle() {
    const { context, sessionContext } = this.panel;
    const kernel = sessionContext.session?.kernel;
    const ready = context.isReady && sessionContext.isReady && !sessionContext.pendingInput;
    return ready && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
  },

  cells() {
    return [...this.panel.content.widgets];
  },

  // The answer is not waited for here: a run may take longer than the driver's patience.
  start(name) {
    jupyterapp.shell.activateById(this.panel.id);
    this.running = true;
    this.failed = null;
    const failed = error => { this.failed = String(error); };
    const done = () => { this.running = false; };
    jupyterapp.commands.execute(name).catch(failed).finally(done);
  },

  // Icons are no pictures, and neither is a part of one, or what could not be loaded.
  isPicture(element) {
    if (element.parentElement.closest('svg')) return false;
    const box = element.getBoundingClientRect();
    const whole = element.tagName !== 'IMG' || (element.complete && element.naturalWidth > 0);
    return whole && element.checkVisibility() && box.width > 40 && box.height > 40;
  },

  nodes(cell) {
    return [...cell.node.querySelectorAll('.jp-OutputArea-output')];
  },

  kind(node) {
    const made = [...node.classList].filter(name => /^jp-(Rendered|Trimmed)/.test(name));
    return node.dataset.mimeType ?? made.at(-1) ?? '';
  },

  errors() {
    const told = cell => cell.outputArea?.model.toJSON() ?? [];
    return this.cells().flatMap(cell => told(cell).filter(one => one.output_type === 'error')
      .map(one => `${cell.model.id}: ${one.ename}: ${one.evalue}`));
  },

  outputs() {
    return this.cells().flatMap(cell => this.nodes(cell).map(node => ({
      cell: cell.model.id,
      kind: this.kind(node),
      text: node.innerText,
      pictures: [...node.querySelectorAll('img, svg, canvas')].filter(this.isPicture).length,
      tables: node.querySelectorAll('table').length,
    })));
  },

  drawing() {
    const all = this.cells().flatMap(this.nodes);
    return all.some(node => !node.childNodes.length
      || [...node.querySelectorAll('img')].some(image => !image.complete));
  },

  marks() {
    return this.cells().flatMap(this.nodes).map(node => node.innerHTML.length).join();
  },

  scroller() {
    return this.panel.content.node.querySelector('.jp-WindowedPanel-outer');
  },

  // Of a window that shows all cells: what there is now, and what they lack.
  height() {
    const box = this.scroller();
    return Math.ceil(innerHeight + Math.max(0, box.scrollHeight - box.clientHeight));
  },
};
