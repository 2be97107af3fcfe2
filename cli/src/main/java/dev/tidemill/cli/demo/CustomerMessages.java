package dev.tidemill.cli.demo;

import java.util.List;
import java.util.Random;

/** Messages as customers of a shop write them, Chinese and English mixed; the same seed gives the same ones. */
final class CustomerMessages {
    static final List<String> LABELS = List.of("billing", "delivery", "refund", "technical", "account", "praise");

    private static final List<String> GOODS = List.of(
            "headphones",
            "coffee grinder",
            "desk lamp",
            "running shoes",
            "rice cooker",
            "backpack",
            "keyboard",
            "winter jacket");
    private static final List<String> GOODS_ZH = List.of("耳机", "咖啡机", "台灯", "跑鞋", "电饭煲", "双肩包", "键盘", "羽绒服");
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "last week", "three days ago", "the 3rd", "Friday evening");
    private static final List<String> DAYS_ZH = List.of("周一", "上周三", "三天前", "前天晚上", "上个月", "昨天");

    /** For each label in turn; {0} goods, {1} day, {2} number. */
    private static final List<List<String>> ENGLISH = List.of(
            List.of(
                    "I was charged twice for order {2}, once on {1} and once today. Please check the invoice for the {0}.",
                    "The invoice for order {2} lacks our tax number. Can you issue it again?",
                    "Why was my card charged {2} cents more than the price shown for the {0}?"),
            List.of(
                    "Order {2} was shipped on {1} but the tracking has not moved since. Where is my parcel?",
                    "The courier left the {0} at the wrong address. Tracking number {2}.",
                    "My package with the {0} should have arrived {1}. It is late again."),
            List.of(
                    "I want to return the {0} from order {2}. How do I get a refund?",
                    "The {0} came broken, I sent it back {1} and still wait for the refund.",
                    "Please cancel my order {2} and refund me, I found the {0} elsewhere."),
            List.of(
                    "The app crashes with error {2} whenever I open the {0} page. Bug since {1}.",
                    "I cannot log in since {1}, the website says error {2}.",
                    "After the update the {0} will not connect, install fails with code {2}."),
            List.of(
                    "Please change the email address of my account to the one on order {2}.",
                    "How do I delete my account and profile? I signed up on {1}.",
                    "My username is taken although I am the owner of account {2}."),
            List.of(
                    "The {0} is excellent, thank you! Best order I made since {1}.",
                    "Great service with order {2}, your people were wonderful. Thank you.",
                    "I love the {0}. Perfect, thanks a lot!"));

    private static final List<List<String>> CHINESE = List.of(
            List.of("订单{2}被重复扣款了，{1}扣了一次，今天又扣了一次，请帮我查一下账单。", "{0}的发票税号写错了，订单{2}，能重新开一张发票吗？", "为什么信用卡支付{0}多收了{2}分钱？"),
            List.of("订单{2}{1}就发货了，物流一直不更新，我的包裹到哪里了？", "快递把{0}送错地址了，单号{2}。", "{0}说好{1}送达，到现在还没到，快递单号{2}。"),
            List.of("{0}不合适，想退货，订单号{2}，请问怎么退款？", "{0}{1}就寄回去了，退款还没有到账。", "我要取消订单{2}，把钱退款给我，谢谢。"),
            List.of("App打开{0}页面就闪退，报错{2}，{1}开始的。", "{1}起一直登录不了，网站提示故障代码{2}。", "更新之后{0}连不上，安装报错{2}。"),
            List.of("请把我的账号邮箱换成订单{2}上的那个。", "怎么注销账号？我是{1}注册的。", "账户{2}的个人资料改不了，请帮忙。"),
            List.of("{0}很好用，非常满意，感谢！", "订单{2}的客服态度很好，点赞，感谢你们。", "{1}买的{0}太棒了，家人都喜欢。"));

    private final Random random;

    CustomerMessages(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        boolean chinese = random.nextInt(100) < 45;
        List<String> forms = one(chinese ? CHINESE : ENGLISH);
        return one(forms)
                .replace("{0}", one(chinese ? GOODS_ZH : GOODS))
                .replace("{1}", one(chinese ? DAYS_ZH : DAYS))
                .replace("{2}", Integer.toString(10_000 + random.nextInt(90_000)));
    }

    private <T> T one(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
