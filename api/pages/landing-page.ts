/** The first page: what runs here, and where to go on. In both languages. */
import { html, page } from './html.ts';

export function landingPage(version: string): string {
  return page({
    title: 'Countersign',
    language: 'vi',
    body: html`
<main class="landing">
  <p class="brand"><span class="seal" aria-hidden="true"></span> Countersign <small>${version}</small></p>
  <div class="languages">
    <section lang="vi">
      <h1>Máy đề xuất, người có thẩm quyền phê duyệt</h1>
      <p>Countersign vận hành vòng đời văn bản và các giao dịch tự động được mô tả bằng YAML. Đề xuất của trí tuệ nhân tạo chỉ có hiệu lực khi người có thẩm quyền đã phê duyệt đúng đề xuất đó; mỗi bước là một bút toán trong nhật ký, bút toán nào bị sửa đều bị phát hiện.</p>
      <ul class="links">
        <li><a href="/docs">Tài liệu API</a> <span>mọi địa chỉ, tham số và lỗi, dùng thử ngay trên trang</span></li>
        <li><a href="/v1/openapi.json">OpenAPI 3.1</a> <span>cho công cụ và mã khách</span></li>
        <li><a href="/readyz">Trạng thái</a> <span>máy chủ đã sẵn sàng hay chưa</span></li>
      </ul>
      <p>Xem toàn bộ câu chuyện, từ dự thảo đến phát hành: <code>npm run demo</code></p>
    </section>
    <section lang="en">
      <h2>Machines propose, authorised people decide</h2>
      <p>Countersign runs document lifecycles and automated transactions that people write in YAML. What an AI proposes takes effect only after an authorised person approved exactly that, and every step is one entry on a record in which an altered entry is found.</p>
      <ul class="links">
        <li><a href="/docs">API documentation</a> <span>every address, parameter and refusal, to try on the page</span></li>
        <li><a href="/v1/openapi.json">OpenAPI 3.1</a> <span>for tools and generated clients</span></li>
        <li><a href="/readyz">Status</a> <span>whether the server is ready</span></li>
      </ul>
      <p>See the whole story, from draft to issued: <code>npm run demo</code></p>
    </section>
  </div>
</main>`,
  });
}
