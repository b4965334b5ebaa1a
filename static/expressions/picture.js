/** A file somebody chose, as a data URI that the server takes. */

/** Animations go as they are; a still picture is made no larger than `side` pixels. */
export async function asPicture(file, side) {
  if (file.type === "image/gif" || file.type === "image/webp") return asDataUri(file);
  const picture = await createImageBitmap(file);
  const scale = side / Math.max(picture.width, picture.height);
  if (scale >= 1) return asDataUri(file);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(Math.round(picture.width * scale), 1);
  canvas.height = Math.max(Math.round(picture.height * scale), 1);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

/** What an emoji is called after its file: letters, digits and underscores. */
export function emojiName(file) {
  const plain = file.name.replace(/\.[^.]*$/, "").normalize("NFD").replace(/\p{M}/gu, "").replace(/\W+/g, "_").replace(/^_+|_+$/g, "").slice(0, 32);
  return plain.length < 2 ? `emoji_${plain}`.replace(/_$/, "") : plain;
}

function asDataUri(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
