/* Extension elements of a diagram, read and changed in one undoable step each; what one does not touch stays as it is. */

export class Extensions {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
  }

  one(holder, type) {
    return holder.extensionElements?.values?.find((each) => each.$type === type);
  }

  property(holder, name) {
    const found = this.one(holder, "zeebe:Properties");
    return found?.properties?.find((each) => each.name === name)?.value ?? "";
  }

  properties(holder) {
    return this.one(holder, "zeebe:Properties")?.properties ?? [];
  }

  /* Puts the extension element of a type, or takes it away (null). */
  put(element, holder, type, made) {
    const others = holder.extensionElements?.values ?? [];
    const old = this.one(holder, type);
    if (!old && !made) return;
    const values = old ? others.map((each) => (each === old ? made : each)).filter(Boolean) : [...others, made];
    const extensionElements = values.length ? this.factory.create("bpmn:ExtensionElements", { values }) : undefined;
    for (const each of values) each.$parent = extensionElements;
    if (extensionElements) extensionElements.$parent = holder;
    this.modeling.updateModdleProperties(element, holder, { extensionElements });
  }

  /* Changes attributes of the extension element of a type; where none of `needed` is left, it is taken away. */
  change(element, holder, type, values, needed = Object.keys(values)) {
    const old = this.one(holder, type);
    const attributes = { ...this.attributes(old), ...values };
    const given = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== "" && value !== undefined));
    const made = needed.some((name) => name in given) ? this.factory.create(type, given) : null;
    this.put(element, holder, type, made);
  }

  attributes(made) {
    if (!made) return {};
    const names = made.$descriptor.properties.filter((each) => made.get(each.name) !== undefined && Object.hasOwn(made, each.ns.localName));
    return { ...made.$attrs, ...Object.fromEntries(names.map((each) => [each.ns.localName, made[each.ns.localName]])) };
  }

  setProperty(element, holder, name, value) {
    const old = this.properties(holder);
    const there = old.some((each) => each.name === name);
    if (!there && value === "") return;
    const fresh = () => this.factory.create("zeebe:Property", { name, value });
    const kept = old.map((each) => (each.name === name ? fresh() : each));
    const properties = there ? kept : [...kept, fresh()];
    const made = this.factory.create("zeebe:Properties", { properties });
    for (const each of properties) each.$parent = made;
    this.put(element, holder, "zeebe:Properties", made);
  }

  header(holder, key) {
    return this.headers(holder).find((each) => each.key === key)?.value ?? "";
  }

  headers(holder) {
    return this.one(holder, "zeebe:TaskHeaders")?.values ?? [];
  }

  setHeader(element, holder, key, value) {
    const old = this.headers(holder);
    const there = old.some((each) => each.key === key);
    if (!there && value === "") return;
    const fresh = () => this.factory.create("zeebe:Header", { key, value });
    const values = (there ? old.map((each) => (each.key === key ? fresh() : each)) : [...old, fresh()]).filter((each) => each.value !== "");
    const made = values.length ? this.factory.create("zeebe:TaskHeaders", { values }) : null;
    for (const each of values) each.$parent = made;
    this.put(element, holder, "zeebe:TaskHeaders", made);
  }

  /* One input mapping by its target; an empty source takes it away. */
  setInput(element, holder, target, source) {
    const { inputs, outputs } = this.mapping(holder);
    const there = inputs.some((each) => each.target === target);
    const kept = inputs.map((each) => (each.target === target ? { target, source } : each));
    const wanted = there ? kept : [...kept, { target, source }];
    this.setMapping(element, holder, wanted.filter((each) => each.target !== target || each.source), outputs);
  }

  mapping(holder) {
    const found = this.one(holder, "zeebe:IoMapping");
    return { inputs: found?.inputParameters ?? [], outputs: found?.outputParameters ?? [] };
  }

  setMapping(element, holder, inputs, outputs) {
    const made = (type, rows) => rows.map(({ source, target }) => this.factory.create(type, { source, target }));
    const inputParameters = made("zeebe:Input", inputs);
    const outputParameters = made("zeebe:Output", outputs);
    const any = inputParameters.length || outputParameters.length;
    const mapping = any ? this.factory.create("zeebe:IoMapping", { inputParameters, outputParameters }) : null;
    for (const each of [...inputParameters, ...outputParameters]) each.$parent = mapping;
    this.put(element, holder, "zeebe:IoMapping", mapping);
  }
}
