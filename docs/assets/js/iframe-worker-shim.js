// Search on file://. Browsers refuse a Worker there, so its script runs in a hidden frame instead.
// Material looks for the name IFrameWorker and then expects importScripts to return a promise.
if (location.protocol === "file:") {
  const load = (document, url) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = failed;
      script.src = url;
      document.body.append(script);
    });

  window.Worker = window.IFrameWorker = class extends EventTarget {
    onmessage = null;

    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      frame.srcdoc = "<body></body>";
      this.ready = new Promise((loaded) => frame.addEventListener("load", loaded, { once: true }))
        .then(() => this.start(frame.contentWindow, url));
      document.body.append(frame);
    }

    async start(inside, url) {
      inside.postMessage = (data) => this.receive(data);
      inside.importScripts = async (...urls) => {
        for (const one of urls) await load(inside.document, one);
      };
      await load(inside.document, url);
      return inside;
    }

    receive(data) {
      const event = new MessageEvent("message", { data });
      this.dispatchEvent(event);
      this.onmessage?.(event);
    }

    async postMessage(data) {
      const inside = await this.ready;
      inside.dispatchEvent(new inside.MessageEvent("message", { data }));
    }
  };
}
